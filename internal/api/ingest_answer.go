package api

import (
	"encoding/json"
	"strconv"
	"sync"

	"github.com/tallystick/tallystick/internal/journal"
)

// result is what became of an event: a rejection, or else a verdict.
type result struct {
	verdict   journal.Verdict
	rejection *rejection
}

type rejection struct {
	reason, path string
	kept         bool // in quarantine
}

// append writes the answer behind an open brace, and closes it. Nearly all answers are of accepted events, so those cost nothing but their bytes.
func (t *receipt) append(b []byte) []byte {
	b = append(b, `"accepted":`...)
	b = strconv.AppendInt(b, int64(t.accepted), 10)
	b = append(b, `,"duplicate":`...)
	b = strconv.AppendInt(b, int64(t.duplicate), 10)
	b = append(b, `,"rejected":`...)
	b = strconv.AppendInt(b, int64(t.rejected), 10)
	b = append(b, `,"results":[`...)
	for i := range t.results {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"index":`...)
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(t.results[i].append(b), '}')
	}
	return append(b, "]}\n"...)
}

func (r *result) append(b []byte) []byte {
	switch {
	case r.rejection != nil:
		b = append(b, `,"status":"rejected","reason":`...)
		b = appendText(b, r.rejection.reason)
		if r.rejection.path != "" {
			b = append(b, `,"path":`...)
			b = appendText(b, r.rejection.path)
		}
		b = append(b, `,"kept":`...)
		return strconv.AppendBool(b, r.rejection.kept)
	case r.verdict.Outcome == journal.Accepted:
		b = append(b, `,"status":"accepted","position":"`...)
		b = strconv.AppendUint(b, uint64(r.verdict.Position.Log), 10)
		b = append(b, '-')
		b = strconv.AppendUint(b, r.verdict.Position.Sequence, 10)
		return append(b, '"')
	case r.verdict.Outcome == journal.Conflicting:
		return append(b, `,"status":"duplicate","conflicting":true`...)
	}
	return append(b, `,"status":"duplicate"`...)
}

// appendText appends a text as JSON.
func appendText(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts can be written
	}
	return append(b, text...)
}

// appendOpen appends a problem as JSON that is still open for more members.
func appendOpen(b []byte, p *Problem) []byte {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a number
	}
	return append(append(b, text[:len(text)-1]...), ',')
}

// buffers keeps the memory of answers for the next ones.
type buffers struct{ pool sync.Pool }

func (p *buffers) get() *[]byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return b
	}
	return new([]byte)
}

// put takes a buffer back, unless an unusual answer made it large.
func (p *buffers) put(b *[]byte) {
	const usual = 1 << 20
	if cap(*b) <= usual {
		*b = (*b)[:0]
		p.pool.Put(b)
	}
}
