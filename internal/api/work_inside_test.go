package api

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
)

// gone is an error of who makes runs.
type gone struct{ error }

func (gone) IsAway() bool    { return true }
func (g gone) Unwrap() error { return g.error }

// A worker is told apart from what is wrong with a run that the server can't make any now.
func TestWorkProblem(t *testing.T) {
	opening := tallystick.Errorf(tallystick.Unavailable, "the engine is being opened").WithHint("ask again")
	for _, test := range []struct {
		err  error
		want WorkProblem
	}{
		{fmt.Errorf("make: %w", gone{opening}), WorkProblem{Code: tallystick.Unavailable, Message: "the engine is being opened", Hint: "ask again", Busy: true}},
		{opening, WorkProblem{Code: tallystick.Unavailable, Message: "the engine is being opened", Hint: "ask again"}},
		{errors.New("broken"), WorkProblem{Code: tallystick.Internal, Message: "broken"}},
	} {
		if got := *workProblem(test.err); got != test.want {
			t.Errorf("%v is told as %+v, want %+v", test.err, got, test.want)
		}
	}
}
