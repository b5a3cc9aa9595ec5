package control

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// Page says which part of a list is wanted.
type Page struct {
	After string // Next of the part before; "" begins
	Limit int    // 0: [DefaultLimit]; at most [MaxLimit]
}

// How much of a list is answered at once.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// List is a part of a list.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // "" there is no more
}

// start returns the key that the part begins after, "" for the beginning, and how long it may be.
func (p Page) start() (after string, limit int, err error) {
	limit = p.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 0 || limit > MaxLimit {
		return "", 0, tallystick.Errorf(tallystick.Invalid, "a page can't have %d items", limit).At("limit").WithHint("ask for 1 to %d", MaxLimit)
	}
	after, err = decodeCursor(p.After)
	return after, limit, err
}

// listOf makes a part out of up to limit + 1 items: the one too many says that there are more.
func listOf[T any](items []T, limit int, key func(*T) string) List[T] {
	l := List[T]{Items: items}
	if len(items) > limit {
		l.Items = items[:limit]
		l.Next = encodeCursor(key(&l.Items[limit-1]))
	}
	if l.Items == nil {
		l.Items = []T{} // a list without items is a list
	}
	return l
}

// A cursor is the key of the last item that was seen. It is encoded so that nobody builds upon what it is.
func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

func decodeCursor(cursor string) (string, error) {
	key, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || !utf8.Valid(key) || encodeCursor(string(key)) != cursor {
		return "", tallystick.Errorf(tallystick.Invalid, "%q is not a place in a list", cut(cursor, 80)).At("after").WithHint("use next of the page before it")
	}
	return string(key), nil
}
