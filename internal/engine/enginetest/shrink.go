package enginetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

// difference is a question that two engines answer differently. It opens new engines for each attempt, so it stops after tries of them.
type difference struct {
	t                       *testing.T
	openOracle, openSubject Open
	base                    tallystick.Instant
	records                 []tallystick.Record
	question                Question
	want, got               []string
	tries                   int
	batches                 bool // the engines agree once the records come in one batch
}

const mostTries = 400

// shrink drops records, clauses of the question and optional fields for as long as the engines still differ.
func (d *difference) shrink() {
	if !d.differ(d.records, &d.question) {
		d.batches = true
		return
	}
	for smaller := true; smaller && d.tries < mostTries; {
		smaller = d.dropRecords() || d.dropClauses()
	}
	for d.dropFields() && d.tries < 2*mostTries {
	}
	d.base = baseOf(d.records) // so that the script is of the days around
	d.differ(d.records, &d.question)
}

// differ asks new engines with these records. If they differ it keeps their answers.
func (d *difference) differ(records []tallystick.Record, q *Question) bool {
	d.tries++
	answer := func(open Open) []string {
		engine := open(d.t)
		defer closeEngine(d.t, engine)
		for _, log := range []uint32{1, 2} {
			var batch []tallystick.Record
			for _, r := range records {
				if r.Position.Log == log {
					batch = append(batch, tallystick.Record{Position: r.Position, Event: r.Event.Clone()})
				}
			}
			if len(batch) == 0 {
				continue
			}
			if err := engine.Apply(context.Background(), batch); err != nil {
				return []string{errorPrefix + err.Error()}
			}
		}
		return ask(engine, q, notation{base: d.base})
	}
	want, got := answer(d.openOracle), answer(d.openSubject)
	if same(want, got) {
		return false
	}
	d.want, d.got = want, got
	return true
}

func (d *difference) dropRecords() (smaller bool) {
	for size := max(1, len(d.records)/2); size > 0; size /= 2 {
		for i := 0; i+size <= len(d.records) && len(d.records) > 1; {
			if d.tries >= mostTries {
				return smaller
			}
			fewer := slices.Delete(slices.Clone(d.records), i, i+size)
			if len(fewer) > 0 && d.differ(fewer, &d.question) {
				d.records, smaller = fewer, true
			} else {
				i += size
			}
		}
	}
	return smaller
}

// dropClauses tries the question without each of its clauses.
func (d *difference) dropClauses() (smaller bool) {
	attempt := func(change func(q *Question)) {
		q := d.question
		q.Where, q.By, q.IDs, q.Fields, q.Edges = slices.Clone(q.Where), slices.Clone(q.By), slices.Clone(q.IDs), slices.Clone(q.Fields), slices.Clone(q.Edges)
		change(&q)
		if q.Format(0) != d.question.Format(0) && d.differ(d.records, &q) {
			d.question, smaller = q, true
		}
	}
	attempt(func(q *Question) { q.AsOf = tallystick.Position{} })
	attempt(func(q *Question) { q.Countable = false })
	attempt(func(q *Question) { q.Any = false })
	attempt(func(q *Question) { q.Bare = false })
	attempt(func(q *Question) { q.OwnTickets = false })
	attempt(func(q *Question) { q.Summed = false })
	attempt(func(q *Question) { q.Distinct = nil })
	attempt(func(q *Question) { q.RoundUp = 0 })
	attempt(func(q *Question) { q.Sum, q.RoundUp = tallystick.NoField, 0 })
	attempt(func(q *Question) { q.OpenLimit = 0 })
	attempt(func(q *Question) { q.EdgesOf = nil })
	attempt(func(q *Question) { q.Until = 0 })
	attempt(func(q *Question) { q.Edges = nil })
	attempt(func(q *Question) { q.Fields = nil })
	attempt(func(q *Question) {
		if q.Edges == nil {
			q.From = tallystick.MinInstant
		}
	})
	attempt(func(q *Question) {
		if q.Edges == nil {
			q.Before = tallystick.MaxInstant
		}
	})
	for i := len(d.question.Where) - 1; i >= 0; i-- {
		attempt(func(q *Question) { q.Where = slices.Delete(q.Where, i, i+1) })
	}
	for i := len(d.question.By) - 1; i >= 0; i-- {
		attempt(func(q *Question) {
			if q.EdgesOf == nil {
				q.By = slices.Delete(q.By, i, i+1)
			}
		})
	}
	for i := len(d.question.IDs) - 1; i >= 0; i-- {
		attempt(func(q *Question) { q.IDs = slices.Delete(q.IDs, i, i+1) })
	}
	for i := len(d.question.Edges) - 2; i >= 1; i-- {
		attempt(func(q *Question) { q.Edges = slices.Delete(q.Edges, i, i+1) })
	}
	return smaller
}

// dropFields drops fields that are not required, and what the vocabulary does not know.
func (d *difference) dropFields() (smaller bool) {
	for i := range d.records {
		for j := len(d.records[i].Event.Data) - 1; j >= 0; j-- {
			records := slices.Clone(d.records)
			e := records[i].Event.Clone()
			e.Data = slices.Delete(e.Data, j, j+1)
			e.Subject, e.Extra, e.Attributes = "", nil, nil
			records[i].Event = e
			if Valid(&e) == nil && d.differ(records, &d.question) {
				d.records, smaller = records, true
			}
		}
	}
	return smaller
}

// String writes the case in the notation of scripts, with the oracle's answer as the expected one.
func (d *difference) String() string {
	n := notation{base: d.base}
	var b strings.Builder
	b.WriteString("base " + d.base.String()[:len("2006-01-02")] + "\nload\n")
	for i := range d.records {
		b.WriteString("  " + n.formatPosition(d.records[i].Position) + ": " + n.formatEvent(&d.records[i].Event) + "\n")
	}
	b.WriteString(d.question.Format(d.base) + "answer\n  " + strings.Join(d.want, "\n  ") + "\n\nthe subject answers\n  " + strings.Join(d.got, "\n  ") + "\n")
	if d.batches {
		b.WriteString("\nwith all records in one batch the engines agree: it is the batches, records that came twice, or what was asked before\n")
	}
	return b.String()
}
