package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Time is an instant as the API writes it: RFC 3339 in UTC, null where there is none.
type Time tallystick.Instant

// Schema describes it.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true, Description: "RFC 3339; null where there is none"}
}

func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 || tallystick.Instant(t) == tallystick.MaxInstant {
		return []byte("null"), nil
	}
	return json.Marshal(tallystick.Instant(t).String())
}

func (t *Time) UnmarshalJSON(b []byte) error {
	*t = 0
	if string(b) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	i, err := tallystick.ParseInstant(text)
	*t = Time(i)
	return err
}

// Page is which part of a list is wanted.
type Page struct {
	After string `query:"after" maxLength:"2048" doc:"next of the page before; none begins"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"most items of the page"`
}

func (p Page) of() control.Page { return control.Page{After: p.After, Limit: p.Limit} }

// List is a page of a list.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"after of the page that follows; missing in the last"`
}

// listBody is the answer of a list.
type listBody[T any] struct{ Body List[T] }

func listOf[From, T any](l control.List[From], turn func(From) T) *listBody[T] {
	return pageOf(l.Items, l.Next, turn)
}

func pageOf[From, T any](items []From, next string, turn func(From) T) *listBody[T] {
	out := &listBody[T]{List[T]{Items: make([]T, len(items)), Next: next}}
	for i := range items {
		out.Body.Items[i] = turn(items[i])
	}
	return out
}

// Named is the input of a route about one thing. It and Page are exported for the library, which does not look into others.
type Named struct {
	ID string `path:"id" maxLength:"1024"`
}

// empty is an input or output that says nothing.
type empty struct{}

// instant reads an instant that stands at a path of a request: "" is none.
func instant(path, text string) (tallystick.Instant, error) {
	if text == "" {
		return 0, nil
	}
	i, err := tallystick.ParseInstant(text)
	if e, ok := err.(*tallystick.Error); ok {
		return 0, e.At(path)
	}
	return i, err
}
