package enginetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestStreamsAreValidAndFreeOfDuplicates(t *testing.T) {
	for seed := range int64(40) {
		events := Random(seed, 300)
		if len(events) != 300 || !reflect.DeepEqual(events, Random(seed, 300)) {
			t.Fatalf("seed %d: %d events, or others the second time", seed, len(events))
		}
		ids, keys := map[string]bool{}, map[string]bool{}
		for i := range events {
			e := &events[i]
			if err := Valid(e); err != nil {
				t.Fatalf("seed %d: %v: %+v", seed, err, e)
			}
			if at, err := tallystick.ParseInstant(e.Time.String()); err != nil || at != e.Time {
				t.Errorf("seed %d: time %s: %v", seed, e.Time, err)
			}
			if ids[e.ID] {
				t.Errorf("seed %d: id %s comes twice", seed, e.ID)
			}
			ids[e.ID] = true
			if key := keyOf(e.Type); key != tallystick.NoField {
				k := fmt.Sprintf("%q %s %q", e.Tenant, e.Type, e.Text(key))
				if keys[k] {
					t.Errorf("seed %d: natural key %s comes twice", seed, k)
				}
				keys[k] = true
			}
		}
	}
}

// Every type, every field of it, and every value of an enum must occur, and every optional field must be absent at times.
func TestStreamsCoverTheVocabulary(t *testing.T) {
	seen := map[string]bool{}
	for seed := range int64(20) {
		for _, e := range Random(seed, 500) {
			if e.Type == ownType {
				for _, x := range e.Extra {
					seen[x.Name] = true
				}
				continue
			}
			for _, rule := range tallystick.TypeNamed(e.Type).Rules {
				name := e.Type + " " + rule.Field.String()
				if !e.Has(rule.Field) {
					seen[name+" absent"] = true
					continue
				}
				seen[name] = true
				if rule.Kind == tallystick.KindEnum || rule.Kind == tallystick.KindBool {
					seen[name+" "+e.Text(rule.Field)] = true
				}
				if rule.Kind == tallystick.KindText && e.Text(rule.Field) == "" {
					seen[name+" empty"] = true
				}
			}
		}
	}
	for _, name := range labelNames {
		if !seen[name] {
			t.Errorf("label %s never came", name)
		}
	}
	for _, eventType := range tallystick.EventTypes {
		for _, rule := range eventType.Rules {
			name := eventType.Name + " " + rule.Field.String()
			want := []string{name}
			for _, v := range rule.Enum {
				want = append(want, name+" "+v)
			}
			if rule.Kind == tallystick.KindBool {
				want = append(want, name+" true", name+" false")
			}
			if !rule.Required {
				want = append(want, name+" absent")
				if rule.Kind == tallystick.KindText && rule.Field != tallystick.FieldService && rule.Field != tallystick.FieldPlatform {
					want = append(want, name+" empty")
				}
			}
			for _, w := range want {
				if !seen[w] {
					t.Errorf("never: %s", w)
				}
			}
		}
	}
}

func TestCopiesLeaveTheOriginals(t *testing.T) {
	for seed := range int64(10) {
		originals := Random(seed, 200)
		events, isCopy := RandomWithCopies(seed, 200)
		var rest []tallystick.Event
		ids, keys := map[string]bool{}, map[string]bool{}
		kinds := map[string]bool{}
		for i, e := range events {
			id := e.Tenant + " " + e.Source + " " + e.ID
			key := ""
			if f := keyOf(e.Type); f != tallystick.NoField {
				key = e.Tenant + " " + e.Type + " " + e.Text(f)
			}
			if known := ids[id] || key != "" && keys[key]; known != isCopy[i] {
				t.Fatalf("seed %d: event %d is a copy: %v; called one: %v", seed, i, known, isCopy[i])
			}
			if isCopy[i] {
				kinds[fmt.Sprint("same id: ", ids[id])] = true
			} else {
				rest = append(rest, e)
			}
			if err := Valid(&e); err != nil {
				t.Errorf("seed %d: copy %d: %v", seed, i, err)
			}
			ids[id], keys[key] = true, true
		}
		if !reflect.DeepEqual(rest, originals) {
			t.Errorf("seed %d: without the copies the events are others", seed)
		}
		if len(kinds) != 2 {
			t.Errorf("seed %d: copies only of %v", seed, kinds)
		}
	}
}

func TestDistinctInstants(t *testing.T) {
	for seed := range int64(10) {
		events := Stream{Seed: seed, Size: 300, DistinctInstants: true}.Events()
		at := map[string]bool{}
		for _, e := range events {
			k := fmt.Sprint(e.Tenant, e.Time)
			if at[k] {
				t.Fatalf("seed %d: two events of %s at %s", seed, e.Tenant, e.Time)
			}
			at[k] = true
		}
		shuffled := Shuffled(seed, events)
		if reflect.DeepEqual(shuffled, events) {
			t.Errorf("seed %d: shuffled is not shuffled", seed)
		}
		ids := func(list []tallystick.Event) (ids []string) {
			for _, e := range list {
				ids = append(ids, e.ID)
			}
			slices.Sort(ids)
			return ids
		}
		if !slices.Equal(ids(shuffled), ids(events)) {
			t.Errorf("seed %d: shuffled events are others", seed)
		}
	}
}

// keyOf returns the natural key of a type, which one that is not built in does not have.
func keyOf(typeName string) tallystick.Field {
	if t := tallystick.TypeNamed(typeName); t != nil {
		return t.Key
	}
	return tallystick.NoField
}
