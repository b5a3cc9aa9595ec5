package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// What an import says: progress and rejections on stderr while it reads, the summary on stdout.

// showRejected is how many rejections are printed as they come; the others are in quarantine only.
const showRejected = 5

// printRejected prints where an event was rejected, why, and what else there is to say.
func (r *importing) printRejected(source string, why error, note string) {
	if r.shown++; r.shown <= showRejected {
		clear := ""
		if r.program.terminal {
			clear = "\r\x1b[K" // the bar
		}
		fmt.Fprintf(r.program.stderr, "%srejected %s: %v%s\n", clear, source, why, note)
	}
}

// duplicates prints how many events came before, and how many of them said something else then.
func duplicates(n, conflicting int64) string {
	if conflicting == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d, %d of them conflicting: their data differs from the event accepted first", n, conflicting)
}

// printSummary prints what became of the events; where says in words where the rejected ones are.
func (r *importing) printSummary(where string) {
	out, c := r.program.stdout, &r.counts
	accepted, duplicate, conflicting, rejected := c.accepted.Load(), c.duplicate.Load(), c.conflicting.Load(), c.rejected.Load()
	if rejected > showRejected {
		fmt.Fprintf(r.program.stderr, "%s more rejected; see all %s\n", thousands(rejected-showRejected), where)
	} else if rejected > 0 {
		fmt.Fprintf(r.program.stderr, "see rejected events %s\n", where)
	}
	if n := c.notKept.Load(); n > 0 {
		fmt.Fprintf(r.program.stderr, "%s of the rejected events were not kept, because the quarantine is full\n", thousands(n))
	}
	if n := c.timeMissing.Load(); n > 0 {
		fmt.Fprintf(r.program.stderr, "%s events had no time; they belong to the time of their receipt\n", thousands(n))
	}
	unknown, others := r.unknown.Counts()
	for _, u := range unknown {
		switch {
		case u.Field != "":
			fmt.Fprintf(r.program.stderr, "unknown field %q in %s events of type %s; it is kept and counts nowhere\n", u.Field, thousands(u.Events), u.Type)
		case u.Attribute != "":
			fmt.Fprintf(r.program.stderr, "unknown attribute %q in %s events of type %s; it is kept and counts nowhere\n", u.Attribute, thousands(u.Events), u.Type)
		}
	}
	if others > 0 {
		fmt.Fprintf(r.program.stderr, "unknown names in %s more places\n", thousands(others))
	}
	fmt.Fprintf(out, "accepted   %d\n", accepted)
	fmt.Fprintf(out, "duplicate  %s\n", duplicates(duplicate, conflicting))
	fmt.Fprintf(out, "rejected   %d\n", rejected)
	n := accepted + duplicate + rejected
	fmt.Fprintf(out, "%d events%s\n", n, rate(n, r.program.now().Sub(r.start)))
}

// showProgress shows how far the import is, until its stop.
func (r *importing) showProgress() *bar {
	switch r.command.Progress {
	case "none":
		return &bar{quit: make(chan struct{})}
	case "json":
		b := &bar{quit: make(chan struct{})}
		lines := json.NewEncoder(r.program.stderr)
		b.every(50*time.Millisecond, func(bool) {
			c := &r.counts
			lines.Encode(importProgress{c.accepted.Load(), c.duplicate.Load(), c.conflicting.Load(), c.rejected.Load(), c.timeMissing.Load(), c.read.Load(), r.size})
		})
		return b
	}
	return r.program.startBar(func() (int64, int64, string) {
		c := &r.counts
		n := c.accepted.Load() + c.duplicate.Load() + c.rejected.Load()
		return c.read.Load(), r.size, thousands(n) + " events" + rate(n, r.program.now().Sub(r.start))
	})
}

// importProgress is a line of --progress json. What is accepted is on disk.
type importProgress struct {
	Accepted    int64 `json:"accepted"`
	Duplicate   int64 `json:"duplicate"` // conflicting ones included
	Conflicting int64 `json:"conflicting"`
	Rejected    int64 `json:"rejected"`
	TimeMissing int64 `json:"time_missing"`   // of those that were not rejected
	Bytes       int64 `json:"bytes"`          // read of the files
	Size        int64 `json:"size,omitempty"` // of the files, where it is known
}
