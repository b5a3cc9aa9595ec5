package render

import (
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// sheetNames hands out names of sheets: legal ones, and each once, without regard to case.
type sheetNames struct {
	first []string // of the first sheet of each table, in their order
	taken map[string]bool
}

// maxSheetName is in UTF-16 code units.
const maxSheetName = 31

// namesOf names the first sheet of each table, so that none has to step aside for the continuation of another.
func namesOf(tables []tallystick.Table) sheetNames {
	// Excel keeps History for itself.
	n := sheetNames{taken: map[string]bool{strings.ToLower(aboutSheet): true, "history": true}}
	for _, table := range tables {
		n.first = append(n.first, n.take(table.Name, 1))
	}
	return n
}

// next names the next sheet of a table: "rooms (2)", "rooms (3)".
func (n *sheetNames) next(table string) string { return n.take(table, 2) }

// take takes the first free name of name, "name (2)", …, from the given part on.
func (n *sheetNames) take(name string, part int) string {
	name = legalSheetName(name)
	for ; ; part++ {
		suffix := ""
		if part > 1 {
			suffix = fmt.Sprintf(" (%d)", part)
		}
		candidate := cutUTF16(name, maxSheetName-len(suffix)) + suffix
		if key := strings.ToLower(candidate); !n.taken[key] {
			n.taken[key] = true
			return candidate
		}
	}
}

// legalSheetName puts _ in the place of what a sheet's name must not hold.
func legalSheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xfffe || r == 0xffff || strings.ContainsRune(`[]:*?/\`, r) {
			return '_'
		}
		return r // and U+FFFD for what is not UTF-8
	}, s)
	s = cutUTF16(s, maxSheetName)
	if strings.HasPrefix(s, "'") {
		s = "_" + s[1:]
	}
	if strings.HasSuffix(s, "'") {
		s = s[:len(s)-1] + "_"
	}
	if s == "" {
		return "Sheet"
	}
	return s
}

// cutUTF16 cuts s to at most n UTF-16 code units, between characters.
func cutUTF16(s string, n int) string {
	for i, r := range s {
		if n--; r > 0xffff {
			n--
		}
		if n < 0 {
			return s[:i]
		}
	}
	return s
}
