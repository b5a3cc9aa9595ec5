package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/tallystick/tallystick"
)

// statement is SQL in the making. Text is only ever ours; whatever comes with a query is bound.
type statement struct {
	text strings.Builder
	args []any
}

// add appends lines, those that are not empty.
func (s *statement) add(lines ...string) {
	for _, l := range lines {
		if l == "" {
			continue
		}
		s.text.WriteString(l)
		s.text.WriteByte('\n')
	}
}

// bind makes a value a parameter and returns what stands for it: its type is said, because DuckDB can't always tell.
func (s *statement) bind(v any) string {
	kind := ""
	switch x := v.(type) {
	case tallystick.Instant:
		v, kind = int64(x), "::BIGINT"
	case int64:
		kind = "::BIGINT"
	case int32:
		kind = "::INTEGER"
	case string:
		kind = "::VARCHAR"
	case []string:
		kind = "::VARCHAR[]"
	case []int64:
		kind = "::BIGINT[]"
	default:
		panic(fmt.Sprintf("no parameter can be a %T", v))
	}
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args)) + kind
}

// run runs a statement and calls row for each row of its answer.
func (s *statement) run(ctx context.Context, e *Engine, row func(scan func(...any) error) error) error {
	return e.run(ctx, s, byRow(row))
}

// run runs a statement and calls fn with the rows of its answer, some at a time.
func (e *Engine) run(ctx context.Context, s *statement, fn func(*rows) error) error {
	stream, err := e.stream()
	if err != nil {
		return err
	}
	defer stream.close()
	return stream.each(ctx, s, fn)
}

// byRow calls row for each of some rows.
func byRow(row func(scan func(...any) error) error) func(*rows) error {
	var sc scanner
	scan := func(into ...any) error { return sc.scan(into) }
	return func(r *rows) error {
		for sc.rows, sc.row = r, 0; sc.row < r.n; sc.row++ {
			if err := row(scan); err != nil {
				return err
			}
		}
		return nil
	}
}

// cause prefers the reason why the caller gave up to what became of the query.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	problem := (*duck.Error)(nil)
	if errors.As(err, &problem) {
		switch problem.Type {
		case duck.ErrorTypeFatal, duck.ErrorTypeInternal, duck.ErrorTypeSerialization:
			return damaged(err)
		case duck.ErrorTypeIO:
			if isDamage(problem.Msg) {
				return damaged(err)
			}
			return tallystick.Errorf(tallystick.Internal, "ask event store: %w", err).WithHint("make room or mend the disk, and ask again")
		case duck.ErrorTypeOutOfMemory, duck.ErrorTypeTransaction:
			if problem.Type == duck.ErrorTypeTransaction && !strings.Contains(problem.Msg, " block of size ") { // a commit that fails for want of memory has this type
				break
			}
			return tallystick.Errorf(tallystick.Unavailable, "ask event store: %w", err).WithHint("ask for a shorter period, or give the event store more memory")
		}
	}
	return fmt.Errorf("ask event store: %w", err)
}

// isDamage tells a checksum that does not match from a disk that is full: DuckDB gives both the same type, and only its text differs.
func isDamage(message string) bool {
	message = strings.ToLower(message)
	return strings.Contains(message, "checksum") || strings.Contains(message, "corrupt")
}

func damaged(err error) error {
	return tallystick.Errorf(tallystick.Internal, "%w: %w", tallystick.ErrDamaged, err).WithHint("`tallystick rebuild` makes it anew from the journal")
}

// storable returns the texts that can be in the file at all: not the empty one, which means absent, and those that are UTF-8.
func storable(texts []string) []string {
	kept := make([]string, 0, len(texts))
	for _, t := range texts {
		if t != "" && utf8.ValidString(t) {
			kept = append(kept, t)
		}
	}
	return kept
}

// writtenInstant writes an instant in a statement, and instants a list of them: for what need not be bound, or is not known to be used.
func writtenInstant(at tallystick.Instant) string {
	return "(" + strconv.FormatInt(int64(at), 10) + ")::BIGINT"
}

func instants(list []tallystick.Instant) string {
	texts := make([]string, len(list))
	for i, at := range list {
		texts[i] = strconv.FormatInt(int64(at), 10)
	}
	return strings.Join(texts, ", ")
}
