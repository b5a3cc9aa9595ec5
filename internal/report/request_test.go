package report_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestWrongRequests keeps the sentences that wrong requests are answered with in a file that can be read.
func TestWrongRequests(t *testing.T) {
	engine := memory.New()
	if err := engine.Apply(t.Context(), recordsOf(readEvents(t, load(t), "../../reports/billing-usage/several/events.jsonl"))); err != nil {
		t.Fatal(err)
	}
	catalog := load(t)
	var got strings.Builder
	for _, arguments := range []string{
		"no-such-report --tenant north",
		"room-usage --tenant nobody --from 2025-05-01 --to 2025-05-02",
		"room-usage --tenant north --table usage",
		"room-usage --tenant north --option colour=red",
		"room-usage --tenant north --option governance=wild",
		"room-usage --tenant north --where bot=b1",
		"room-usage --tenant north --where room=",
		"room-usage --tenant north --from 2025-05-02 --to 2025-05-01",
		"room-usage --tenant north --from 2025-05-02T00:00:00Z --to 2025-05-02T00:00:00Z",
		"room-usage --tenant north --to 2025-05-02",
		"room-usage --tenant north --from 0001-01-01 --to 2025-05-02",
		"room-usage --tenant north --zone EST5 --from 2025-05-01 --to 2025-05-02",
		"billing-usage --tenant north --option open_limit=soon",
		"billing-usage --tenant north --option open_limit=0h",
		"billing-usage --tenant north --where channel=c1",
		"tenant-usage --tenant north --zone Asia/Kolkata",
		"tenant-usage --tenant north --option by=channel",
		"service-usage --tenant north --every fortnight",
		"service-usage --tenant north --by room",
	} {
		fields := strings.Fields(arguments)
		request, _ := parse(t, fields[0], fields[1:])
		request.Now = tallystick.Instant(20_000 * tallystick.Day)
		_, err := catalog.Make(t.Context(), engine, request)
		if err == nil {
			t.Errorf("%s: no error", arguments)
			continue
		}
		got.WriteString(arguments + "\n  " + string(tallystick.CodeOf(err)) + ": " + err.Error() + "\n")
	}
	const golden = "testdata/wrong_requests.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}
