package tallystick

import (
	"encoding/json"
	"time"
)

// scheduleJSON is how a schedule is written as JSON. The names are those in the paths of [Schedule.Validate].
type scheduleJSON struct {
	Grain    Grain          `json:"grain"`
	Every    int            `json:"every"`
	Hour     int            `json:"hour"`
	Minute   int            `json:"minute"`
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // 0 Sunday to 6 Saturday
	Day      int            `json:"day,omitempty"`      // -1 the last
	Start    string         `json:"start"`              // YYYY-MM-DD
	Zone     string         `json:"zone"`
}

// MarshalJSON writes the schedule as an object.
func (s Schedule) MarshalJSON() ([]byte, error) {
	return json.Marshal(scheduleJSON{s.Grain, s.Every, s.Hour, s.Minute, s.Weekdays, s.Day, s.Start.String(), s.Zone})
}

// UnmarshalJSON reads a schedule; only [Schedule.Validate] says whether it is one that can be.
func (s *Schedule) UnmarshalJSON(b []byte) error {
	var j scheduleJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	start := Date{}
	if j.Start != "" && j.Start != (Date{}).String() {
		var err error
		if start, err = ParseDate(j.Start); err != nil {
			return err.(*Error).At("start")
		}
	}
	*s = Schedule{Grain: j.Grain, Every: j.Every, Hour: j.Hour, Minute: j.Minute, Weekdays: j.Weekdays, Day: j.Day, Start: start, Zone: j.Zone}
	return nil
}
