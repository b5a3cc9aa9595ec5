// Command tallystick is the whole product in one program: it takes events in, makes reports of them, and looks after what it keeps.
//
// This package is flags, settings and wiring, one file a command; it is the only place that names a concrete engine. What a command does is in the
// packages that it wires up.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C asks to stop, the second one does not ask.
	context.AfterFunc(ctx, stop)
	m := Main{Now: time.Now, PID: os.Getpid()}
	os.Exit(m.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}

// Main is the program, apart from the process it runs in.
type Main struct {
	Now func() time.Time
	PID int // named to programs that find the data directory in use
}

// Run runs one command to its end and returns the exit code of the process. When ctx is done, the command stops soon, and cleanly.
func (m *Main) Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	p := &program{now: m.Now, pid: m.PID, stdin: stdin, stderr: &shared{w: stderr}, terminal: isTerminal(stderr), env: env}
	out := &counted{w: stdout, n: &p.written}
	p.stdout = out
	err := p.run(ctx, args)
	if err == nil || errors.Is(err, errRejected) {
		err = cmp.Or(out.err, err) // what was not said was not done
	}
	return exit(stderr, err)
}

// program is what every command may use.
type program struct {
	now            func() time.Time
	pid            int
	stdin          io.Reader
	stdout, stderr io.Writer // stderr may be written by several goroutines
	terminal       bool      // stderr is one
	written        int64     // bytes that went to stdout
	env            func(string) (string, bool)
	settings       values
}

// counted counts what is written, and remembers the first failure.
type counted struct {
	w   io.Writer
	n   *int64
	err error
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	*c.n += int64(n)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("write to standard output: %w", err)
	}
	return n, err
}

// shared is a writer for several goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}
