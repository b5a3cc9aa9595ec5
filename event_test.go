package tallystick

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// everything is an event with a value of every kind and things the vocabulary does not know.
func everything() Event {
	return Event{
		Tenant: "acme", Source: "test", ID: "1", Type: CallEnded, Subject: "s", Time: 1_700_000_000_000_001, Received: 1_700_000_000_000_000, TimeMissing: true,
		Data: []Value{
			{Field: FieldCallID, Text: "c1"}, {Field: FieldDurationSeconds, Int: 61_500_000}, {Field: FieldService, Text: ""},
			{Field: FieldStartedAt, Int: -1},
		},
		Extra:      []Extra{{"mood", `{"a":[1,2]}`}},
		Attributes: []Extra{{"traceparent", `"00-1"`}},
	}
}

func TestEventBinary(t *testing.T) {
	e := everything()
	b := e.AppendBinary(nil)
	got, err := DecodeEvent(string(b))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, e) {
		t.Errorf("got %+v\nwant %+v", got, e)
	}
	t.Run("any cut is an error", func(t *testing.T) {
		for n := range b {
			if _, err := DecodeEvent(string(b[:n])); err == nil {
				t.Errorf("the first %d of %d bytes were read as an event", n, len(b))
			}
		}
	})
	t.Run("anything behind it is an error", func(t *testing.T) {
		if _, err := DecodeEvent(string(b) + "\x00"); err == nil {
			t.Error("no error")
		}
	})
	t.Run("who and when are no data", func(t *testing.T) {
		other := e
		other.Source, other.ID, other.Time, other.Attributes = "elsewhere", "2", 5, nil
		if string(e.AppendData(nil)) != string(other.AppendData(nil)) {
			t.Error("copies that say the same differ")
		}
	})
	t.Run("a clone is equal", func(t *testing.T) {
		if c := e.Clone(); !reflect.DeepEqual(c, e) {
			t.Errorf("got %+v", c)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	e := everything()
	f.Add(string(e.AppendBinary(nil)))
	f.Add("")
	f.Fuzz(func(t *testing.T, b string) {
		e, err := DecodeEvent(b)
		if err != nil {
			return
		}
		again, err := DecodeEvent(string(e.AppendBinary(nil)))
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%q: decoded to %+v, then to %+v, %v", b, e, again, err)
		}
	})
}

func TestEventText(t *testing.T) {
	message := func(sender string, data ...Value) Event {
		return Event{Type: MessageSent, Data: append([]Value{{Field: FieldMessageID, Text: "m"}, {Field: FieldSenderKind, Text: sender}, {Field: FieldSenderID, Text: "x"}}, data...)}
	}
	for _, c := range []struct {
		name  string
		event Event
		field Field
		want  string
	}{
		{"a field that is there", message("user"), FieldSenderID, "x"},
		{"a default", message("user"), FieldContentKind, "text"},
		{"a flag that is not there", message("user"), FieldPreview, "false"},
		{"a flag", message("user", Value{Field: FieldPreview, Int: 1}), FieldPreview, "true"},
		{"a number", message("user", Value{Field: FieldSegments, Int: 3}), FieldSegments, "3"},
		{"a contact's message is about itself", message("contact"), FieldContactID, "x"},
		{"unless it says otherwise", message("contact", Value{Field: FieldContactID, Text: "y"}), FieldContactID, "y"},
		{"a user's message is about nobody", message("user"), FieldContactID, ""},
		{"a field of another type", message("user"), FieldFlowRunID, ""},
		{"an unknown type", Event{Type: "com.example.rated"}, FieldName, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.event.Text(c.field); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestVocabulary(t *testing.T) {
	names := map[string]Field{}
	for i, f := range Fields {
		if f == NoField {
			t.Errorf("field %d has no name", i+1)
		}
		if _, taken := names[f.String()]; taken {
			t.Errorf("two fields are called %s", f)
		}
		names[f.String()] = f
		if FieldNamed(f.String()) != f {
			t.Errorf("%s is not found by its name", f)
		}
	}
	if FieldNamed("mood") != NoField || FieldNamed("") != NoField {
		t.Error("a field that does not exist was found")
	}
	for _, e := range EventTypes {
		if TypeNamed(e.Name) != e {
			t.Errorf("%s is not found by its name", e.Name)
		}
		if e.Key != NoField && (e.Rule(e.Key) == nil || !e.Rule(e.Key).Required) {
			t.Errorf("the natural key of %s is not one of its required fields", e.Name)
		}
	}
}

func TestFilter(t *testing.T) {
	e := Event{Type: SessionStarted, Data: []Value{{Field: FieldSessionID, Text: "s"}, {Field: FieldKind, Text: "bot"}}}
	for _, c := range []struct {
		name   string
		filter Filter
		want   bool
	}{
		{"nil keeps everything", nil, true},
		{"listed", Filter{{Field: FieldKind, Values: []string{"agent", "bot"}}}, true},
		{"not listed", Filter{{Field: FieldKind, Values: []string{"agent"}}}, false},
		{"an absent field is in no list", Filter{{Field: FieldUserID, Values: []string{""}}}, false},
		{"not in, and listed", Filter{{Field: FieldKind, Op: NotIn, Values: []string{"bot"}}}, false},
		{"not in, and absent", Filter{{Field: FieldUserID, Op: NotIn, Values: []string{""}}}, true},
		{"present", Filter{{Field: FieldKind, Op: Present}}, true},
		{"absent", Filter{{Field: FieldKind, Op: Absent}}, false},
		{"all must hold", Filter{{Field: FieldKind, Op: Present}, {Field: FieldUserID, Op: Present}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.filter.Keeps(&e); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	p := Position{Log: 3, Sequence: 4711}
	if got, err := ParsePosition(p.String()); err != nil || got != p {
		t.Errorf("got %v, %v", got, err)
	}
	for _, s := range []string{"", "1", "1-", "-1", "a-1", "1-1-1", "1--1", "1-0"} {
		if _, err := ParsePosition(s); CodeOf(err) != Invalid {
			t.Errorf("%q: got %v", s, err)
		}
	}
}

func TestError(t *testing.T) {
	cause := fmt.Errorf("disk full")
	err := Errorf(Unavailable, "append to the journal: %w", cause).At("data.x").WithHint("free some space")
	if got, want := err.Error(), "data.x: append to the journal: disk full; free some space"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if two := Errorf(Internal, "%w: %w", ErrDamaged, cause); !errors.Is(two, ErrDamaged) || !errors.Is(two, cause) || two.Error() != "event store is damaged: disk full" {
		t.Errorf("two causes: %v", two)
	}
	wrapped := fmt.Errorf("import: %w", err)
	if CodeOf(wrapped) != Unavailable || CodeOf(cause) != Internal || CodeOf(nil) != "" {
		t.Error("the code got lost")
	}
}
