package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Exit codes of the program.
const (
	done     = 0
	failed   = 1 // the work failed
	misuse   = 2 // the command line is wrong, or something that it names does not exist
	rejected = 3 // import --strict: everything went well, but events were rejected
)

// exitCodes says how the program ends on each kind of error.
var exitCodes = map[tallystick.Code]int{
	tallystick.Internal:    failed,
	tallystick.Invalid:     misuse,
	tallystick.NotFound:    misuse,
	tallystick.Denied:      failed,
	tallystick.Conflict:    failed,
	tallystick.TooLarge:    failed,
	tallystick.Unavailable: failed,
}

// errRejected ends an import --strict that rejected events. All has been said about them.
var errRejected = errors.New("events were rejected")

// exit says on stderr, in one line, why a command failed, and returns the exit code.
func exit(stderr io.Writer, err error) int {
	switch {
	case err == nil:
		return done
	case errors.Is(err, errRejected):
		return rejected
	}
	fmt.Fprintln(stderr, "tallystick: "+strings.ReplaceAll(advise(err).Error(), "\n", "; "))
	return exitCodes[tallystick.CodeOf(err)]
}

// advise adds what to do about an error that comes from the machine.
func advise(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case hint(err) == "" && (disk.IsFull(err) || errors.Is(err, syscall.EFBIG)):
		return fmt.Errorf("%w; make room on the disk and run the command again", err)
	}
	return err
}

// hint returns the advice that an error already has.
func hint(err error) string {
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// broken marks an error of the stores as the work's failure, whatever code it carries: nothing is wrong with the command line.
func broken(err error) error {
	if err == nil || tallystick.CodeOf(err) != tallystick.Invalid && tallystick.CodeOf(err) != tallystick.NotFound {
		return err
	}
	return tallystick.Errorf(tallystick.Internal, "%w", err)
}
