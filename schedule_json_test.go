package tallystick_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
)

func TestScheduleJSON(t *testing.T) {
	s := Schedule{Zone: "Europe/Berlin", Start: Date{2025, time.March, 1}, Grain: Weekly, Every: 1, Hour: 6, Minute: 30, Weekdays: []time.Weekday{1, 4}}
	b, err := json.Marshal(s)
	const want = `{"grain":"week","every":1,"hour":6,"minute":30,"weekdays":[1,4],"start":"2025-03-01","zone":"Europe/Berlin"}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
	if err := json.Unmarshal([]byte(`{"start": "2025-02-29"}`), &s); CodeOf(err) != Invalid {
		t.Errorf("a date that isn't: %v", err)
	}
}

func FuzzScheduleJSON(f *testing.F) {
	f.Add(`{"grain":"month","every":3,"day":-1,"start":"2025-03-01","zone":"UTC"}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		var once, twice Schedule
		if json.Unmarshal([]byte(text), &once) != nil {
			return
		}
		b, err := json.Marshal(once)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &twice); err != nil || len(once.Weekdays)+len(twice.Weekdays) > 0 && !reflect.DeepEqual(once, twice) {
			t.Errorf("%s becomes %s, %v", text, b, err)
		}
	})
}
