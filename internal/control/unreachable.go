package control

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tallystick/tallystick"
)

// unreachable turns an error of the connection to the database into one of code Unavailable: whoever asks again later may be answered. Errors of what was asked, and
// those of who has gone, stay as they are. The message says nothing of where the database is: it is read by whoever sends a request.
func unreachable(err error) error {
	if err == nil || !connectionLost(err) {
		return err
	}
	e := tallystick.Errorf(tallystick.Unavailable, "the control database does not answer").WithHint("try again in a moment")
	e.Err = err
	return e
}

// connectionLost reports whether an error is of the connection: it could not be made, it broke, or the database is not open to anybody now.
func connectionLost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "08") || // connection exception
			slices.Contains([]string{"57P01", "57P02", "57P03", "53300"}, e.Code) // it is shut down, it has crashed, it starts, it has too many connections
	}
	network, connecting := net.Error(nil), (*pgconn.ConnectError)(nil)
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// givenWay reports whether Postgres has ended a transaction for the sake of another one, so that nothing keeps it from being tried again.
func givenWay(err error) bool {
	e := (*pgconn.PgError)(nil)
	return errors.As(err, &e) && (e.Code == "40P01" || e.Code == "40001") // deadlock_detected, serialization_failure
}

// oneLine is an error of the driver in a line: it says one for each try, with and without TLS, which mostly are the same.
func oneLine(err error) error {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(parts, line) {
			parts = append(parts, line)
		}
	}
	text := strings.Join(parts, "; ")
	return &lined{strings.Replace(text, ":; ", ": ", 1), err}
}

// lined is an error with another text.
type lined struct {
	text string
	err  error
}

func (e *lined) Error() string { return e.text }
func (e *lined) Unwrap() error { return e.err }
