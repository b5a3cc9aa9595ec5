package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Variables that make a test process the child of TestKill: the journal's directory, and the number of the first event.
const (
	childDir  = "TALLYSTICK_TEST_JOURNAL"
	childFrom = "TALLYSTICK_TEST_FROM"
)

// TestKill kills a process that appends, again and again, at any moment: what it had been answered is there, once, in order.
func TestKill(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		from, _ := strconv.Atoi(os.Getenv(childFrom))
		appendForEver(dir, from)
	}
	rounds := 5
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 200
	}
	r := seeded(t)
	dir := filepath.Join(t.TempDir(), "journal")
	answered := 0
	for range rounds {
		child := exec.Command(os.Args[0], "-test.run=^TestKill$")
		child.Env = append(os.Environ(), childDir+"="+dir, childFrom+"="+strconv.Itoa(max(1, answered-100)))
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for i := 0; lines.Scan(); i++ {
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				answered = max(answered, n)
			}
			if i == 0 { // it has begun
				time.AfterFunc(time.Duration(r.IntN(100))*time.Millisecond, func() { child.Process.Kill() })
			}
		}
		child.Wait() // it was killed
	}
	reader, err := OpenReader(context.Background(), disk.OS, dir)
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, reader, 0)
	for i, rec := range all {
		if rec.Event.ID != strconv.Itoa(i+1) {
			t.Fatalf("record %d is event %s", i+1, rec.Event.ID)
		}
	}
	if len(all) < answered || answered == 0 {
		t.Errorf("%d events are there, %d were answered", len(all), answered)
	}
	j := open(t, Options{Dir: dir})
	last := message("t", strconv.Itoa(len(all)), "m"+strconv.Itoa(len(all)), "x")
	if got := outcomes(t, j, last, message("t", "new", "new", "x")); got != "DA" {
		t.Errorf("outcomes %s after %d kills", got, rounds)
	}
	closeJournal(t, j)
	if _, err := Verify(context.Background(), disk.OS, dir, nil); err != nil {
		t.Error(err)
	}
}

// appendForEver appends the events from, from+1, … and prints the number of each batch's last event when the batch was answered.
func appendForEver(dir string, from int) {
	j, err := Open(context.Background(), Options{Dir: dir, SegmentBytes: 20_000, TableKeys: 1000})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	type sent struct {
		last   int
		ticket *Ticket
	}
	inFlight := make(chan sent, 3)
	go func() { // ends with the process
		for n := from; ; {
			var events []tallystick.Event
			for range 1 + n%40 {
				events = append(events, message("t", strconv.Itoa(n), "m"+strconv.Itoa(n), "x"))
				n++
			}
			inFlight <- sent{n - 1, j.Enqueue(events)}
		}
	}()
	for s := range inFlight {
		if _, err := s.ticket.Wait(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(s.last)
	}
}
