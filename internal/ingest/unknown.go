package ingest

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
)

// Unknown counts what the vocabulary does not know, by type of event and name: fields misspelt by a platform show here. Its zero value is empty and ready;
// its methods may be called at the same time. A nil *Unknown counts nothing.
type Unknown struct {
	mu     sync.Mutex
	counts map[UnknownName]int64
	others int64
}

// UnknownName names one thing that the vocabulary does not know.
type UnknownName struct {
	Type      string // of the event
	Field     string // of the data; "" where it is something else
	Attribute string // of the envelope; "" where it is something else. Neither: the type itself is unknown
}

// UnknownCount says how many events had a thing.
type UnknownCount struct {
	UnknownName
	Events int64
}

// maxUnknown is how many different names are counted, so that a sender who makes up names can't fill the memory.
const (
	maxUnknown     = 10_000
	maxUnknownSize = 512 // bytes of type and name
)

// Counts returns what was counted, by code point of type, attribute and field, and how often something came when too many different names had come
// already to count it by name.
func (u *Unknown) Counts() (counts []UnknownCount, others int64) {
	if u == nil {
		return nil, 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for name, n := range u.counts {
		counts = append(counts, UnknownCount{name, n})
	}
	slices.SortFunc(counts, func(a, b UnknownCount) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Field, b.Field))
	})
	return counts, u.others
}

// countEvent counts an accepted event's attributes, and the fields of it that neither the vocabulary has nor its declaration.
func (u *Unknown) countEvent(e *tallystick.Event, declared *tallystick.DeclaredType) {
	if u == nil || len(e.Attributes) == 0 && len(e.Extra) == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, a := range e.Attributes {
		if a.Name != "datacontenttype" && a.Name != "dataschema" { // CloudEvents has them
			u.count(UnknownName{Type: e.Type, Attribute: orQuotes(a.Name)})
		}
	}
	for _, x := range e.Extra {
		if declared == nil || declared.Label(x.Name) == nil {
			u.count(UnknownName{Type: e.Type, Field: orQuotes(x.Name)})
		}
	}
}

// orQuotes returns a name, and for the empty one its quotes, because no name at all means something else in an [UnknownName].
func orQuotes(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// countType counts an event that was rejected because nobody knows its type.
func (u *Unknown) countType(typ string) {
	if u != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.count(UnknownName{Type: typ})
	}
}

// count is called with the lock held. Names are parts of larger texts, so those that stay are copied.
func (u *Unknown) count(name UnknownName) {
	if n, ok := u.counts[name]; ok {
		u.counts[name] = n + 1
		return
	}
	size := len(name.Type) + len(name.Field) + len(name.Attribute)
	if len(u.counts) >= maxUnknown || size > maxUnknownSize {
		u.others++
		return
	}
	if u.counts == nil {
		u.counts = make(map[UnknownName]int64)
	}
	u.counts[UnknownName{strings.Clone(name.Type), strings.Clone(name.Field), strings.Clone(name.Attribute)}] = 1
}
