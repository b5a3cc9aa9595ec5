package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// lines is a log for people at a terminal: a line a record, with the program's name before and the keys behind, no time and no level. Errors are left out: they
// end the command, which says them itself.
type lines struct{ w io.Writer }

// logger returns the log of a command, on stderr.
func (p *program) logger() *slog.Logger { return slog.New(lines{p.stderr}) }

func (l lines) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo && level < slog.LevelError
}

func (l lines) Handle(_ context.Context, r slog.Record) error {
	var keys []string
	r.Attrs(func(a slog.Attr) bool {
		keys = append(keys, fmt.Sprintf("%s %v", a.Key, a.Value))
		return true
	})
	text := "tallystick: " + r.Message
	if len(keys) > 0 {
		text += " (" + strings.Join(keys, ", ") + ")"
	}
	_, err := io.WriteString(l.w, strings.ReplaceAll(text, "\n", "; ")+"\n")
	return err
}

// WithAttrs and WithGroup drop what they are given: the commands don't use them.
func (l lines) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l lines) WithGroup(string) slog.Handler      { return l }
