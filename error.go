package tallystick

import (
	"errors"
	"fmt"
)

// Code is the kind of an [Error]: what a caller may do about it. HTTP statuses and exit codes are derived from it in one table each.
type Code string

const (
	Internal    Code = "internal"    // our fault, or the machine's; the default of an error without a code
	Invalid     Code = "invalid"     // the input is wrong and will stay wrong
	NotFound    Code = "not_found"   // what was named does not exist, as far as the caller may know
	Denied      Code = "denied"      // the caller may not
	Conflict    Code = "conflict"    // somebody else holds or has changed it
	TooLarge    Code = "too_large"   // over a documented limit
	Unavailable Code = "unavailable" // not now; the same call may work later
)

// Error is an error for people: what is wrong, with the value, and what to do about it.
type Error struct {
	Code    Code
	Message string // one sentence without a full stop, lower case, with the offending value
	Path    string // JSON path of the offending value, such as "data.user_id"; empty where there is none
	Hint    string // what to do; may be empty
	Err     error  // cause; may be nil
}

// Errorf makes an Error with a formatted message. What %w verbs name are causes.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
	if _, several := err.(interface{ Unwrap() []error }); several {
		e.Err = err
	}
	return e
}

// WithHint returns e with the given advice.
func (e *Error) WithHint(format string, args ...any) *Error {
	f := *e
	f.Hint = fmt.Sprintf(format, args...)
	return &f
}

// At returns e with the given JSON path.
func (e *Error) At(path string) *Error {
	f := *e
	f.Path = path
	return &f
}

func (e *Error) Error() string {
	s := e.Message
	if e.Path != "" {
		s = e.Path + ": " + s
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first *Error in err's tree, [Internal] where there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
