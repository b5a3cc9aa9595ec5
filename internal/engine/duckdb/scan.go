package duckdb

import (
	"database/sql"
	"fmt"
	"strings"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// scanner takes rows apart as package sql does, which makes of each value an interface and a copy first: a hundred thousand groups took as long to be read as to be counted.
type scanner struct {
	rows *rows
	row  int
	last []string // a text of each column: those of neighbours are often the same
}

// scan sets what it is given to the values of the row. NULL is only for what can be it; texts are for strings, numbers for all others.
func (s *scanner) scan(into []any) error {
	if len(into) != len(s.rows.vectors) {
		return fmt.Errorf("row of %d columns is read into %d", len(s.rows.vectors), len(into))
	}
	for len(s.last) < len(into) {
		s.last = append(s.last, "")
	}
	for col, p := range into {
		null := s.rows.vectors[col].null(s.row)
		switch p := p.(type) {
		case *string:
			if null || s.rows.types[col] != mapping.TypeVarchar {
				return s.mistake(col, p)
			}
			*p = s.text(col)
			continue
		case *sql.NullString:
			if *p = (sql.NullString{Valid: !null}); null {
				continue
			}
			if s.rows.types[col] != mapping.TypeVarchar {
				return s.mistake(col, p)
			}
			p.String = s.text(col)
			continue
		case *sql.NullInt64:
			if null {
				*p = sql.NullInt64{}
				continue
			}
		}
		n, is := s.rows.number(col, s.row)
		if !is {
			return s.mistake(col, p)
		}
		switch p := p.(type) {
		case *int64:
			*p = n
		case *int:
			*p = int(n)
		case *int32:
			*p = int32(n)
		case *tallystick.Instant:
			*p = tallystick.Instant(n)
		case *bool:
			*p = n != 0
		case *sql.NullInt64:
			*p = sql.NullInt64{Int64: n, Valid: true}
		default:
			return s.mistake(col, p)
		}
	}
	return nil
}

func (s *scanner) text(col int) string {
	if t := s.rows.text(col, s.row); t != s.last[col] {
		s.last[col] = strings.Clone(t)
	}
	return s.last[col]
}

func (s *scanner) mistake(col int, p any) error {
	return fmt.Errorf("column %d of DuckDB's type %d, NULL: %t, is read into a %T", col, s.rows.types[col], s.rows.vectors[col].null(s.row), p)
}

// number returns a number or a truth value of a column; false: it is none, or NULL.
func (r *rows) number(col, row int) (n int64, is bool) {
	v := &r.vectors[col]
	if v.null(row) {
		return 0, false
	}
	at := func(size uintptr) unsafe.Pointer { return unsafe.Add(v.data, uintptr(row)*size) }
	switch r.types[col] {
	case mapping.TypeBigInt:
		return *(*int64)(at(8)), true
	case mapping.TypeInteger:
		return int64(*(*int32)(at(4))), true
	case mapping.TypeBoolean:
		return int64(*(*uint8)(at(1))), true
	}
	return 0, false
}
