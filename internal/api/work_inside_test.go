package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
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

// A server that ends in the middle of a run says so: without a word it would be taken for one that the run has killed.
func TestAServerThatEndsSaysSoToAWorker(t *testing.T) {
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	store, err := control.Open(t.Context(), control.Options{DSN: filepath.Join(t.TempDir(), "control.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.AddExport(t.Context(), control.System("test"), "one", "", control.Job{Report: "tenant-usage", AllTenants: true, Period: "last-month", Format: "csv"}); err != nil {
		t.Fatal(err)
	}
	runs, err := store.ClaimRuns(t.Context(), "w", 1)
	if err != nil || len(runs) != 1 {
		t.Fatalf("claimed are %v, %v", runs, err)
	}
	ending := make(chan struct{})
	s := &Server{Control: store, Now: now, Work: &Work{Ending: ending, Make: func(ctx context.Context, _ control.Run, _ func(usage.Progress)) (any, error) {
		close(ending) // it is asked to end while it makes the file
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}}
	q := httptest.NewRequest(http.MethodPost, WorkRuns+runs[0].ID, nil)
	q.SetPathValue("id", runs[0].ID)
	answer := httptest.NewRecorder()
	s.makeForWorker(answer, q)
	lines := strings.Split(strings.TrimSpace(answer.Body.String()), "\n")
	var last WorkNews
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Problem == nil || !last.Problem.Busy || last.Problem.Message != "the server ends" {
		t.Errorf("it says %q, %v", lines, err)
	}
}
