package tallystick

import (
	"strconv"
	"strings"
)

// Position names a record of a journal: the log it is in and its number there. The zero Position is before every record.
//
// A tenant belongs to one log, so positions of one tenant's records can be compared; those of different logs can't. Only the journal makes positions and
// knows what lies between two of them.
type Position struct {
	Log      uint32
	Sequence uint64 // from 1
}

// IsZero reports whether p is before every record. As the "as of" of a [Scope] it means the newest.
func (p Position) IsZero() bool { return p.Sequence == 0 }

// After reports whether p comes after q in their common log.
func (p Position) After(q Position) bool { return p.Sequence > q.Sequence }

// String prints p as "log-sequence", such as "1-4711".
func (p Position) String() string {
	return strconv.FormatUint(uint64(p.Log), 10) + "-" + strconv.FormatUint(p.Sequence, 10)
}

// ParsePosition reads what [Position.String] prints.
func ParsePosition(s string) (Position, error) {
	log, sequence, _ := strings.Cut(s, "-")
	l, err1 := strconv.ParseUint(log, 10, 32)
	n, err2 := strconv.ParseUint(sequence, 10, 64)
	if err1 != nil || err2 != nil || n == 0 {
		return Position{}, Errorf(Invalid, "%q is not a position", s).WithHint(`a position is a log and a number from 1, such as "1-4711"`)
	}
	return Position{uint32(l), n}, nil
}
