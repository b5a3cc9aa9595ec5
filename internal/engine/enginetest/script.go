package enginetest

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

//go:embed testdata/*.txt
var scripts embed.FS

// RunScripts runs every script of testdata. Cases take turns in how they are applied: with one Apply for each load block, or with one for each record, where
// every record comes twice. TALLYSTICK_LONG=1 runs each case both ways.
//
// The cases of a file share an engine, each with tenants and a log of its own, since opening one may be slow, and since what other tenants do must not matter.
// Those that ask for tenants themselves have an engine of their own.
//
// A script is read line by line; indented lines belong to the block above them, # begins a comment:
//
//	case WHAT IT SHOWS        begins with no events
//	base DATE                 the day of times of day, for the rest of the file
//	load                      events, one a line, applied at once; positions count up from 1, or stand before the event: 7:, 2-7: (in log 2)
//	query KIND TENANT TYPE…   a question, with a clause a line (see the package's doc)
//	answer                    its answer, a row a line, in the notation of answer.go
//	error                     instead: the engine must refuse the question
func RunScripts(t *testing.T, open Open) {
	files, err := scripts.ReadDir("testdata")
	if err != nil || len(files) == 0 {
		t.Fatalf("read scripts: %d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := scripts.ReadFile("testdata/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		cases, err := parseScript(file.Name(), string(text))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(file.Name(), ".txt"), func(t *testing.T) {
			shared := open(t)
			defer closeEngine(t, shared)
			home := uint32(1)
			for i, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					for way, cut := range []func([]tallystick.Record) [][]tallystick.Record{atOnce, oneByOne} {
						if i%2 != way && !long() {
							continue
						}
						if c.alone() {
							engine := open(t)
							c.run(t, engine, cut)
							closeEngine(t, engine)
							continue
						}
						moved := c.in(home)
						moved.run(t, shared, cut)
						home++
					}
				})
			}
		})
	}
}

func atOnce(load []tallystick.Record) [][]tallystick.Record { return [][]tallystick.Record{load} }

// oneByOne cuts a load into batches of one record, of which each comes twice, the second time in front of the next.
func oneByOne(load []tallystick.Record) [][]tallystick.Record {
	var list [][]tallystick.Record
	for i := range load {
		list = append(list, load[max(0, i-1):i+1])
	}
	return append(list, load)
}

// scriptCase is a case of a script: loads and questions in their order.
type scriptCase struct {
	name  string
	steps []step
}

// step is a load or a question.
type step struct {
	notation
	at       string // file:line
	load     []tallystick.Record
	question *Question
	want     []string
	refused  bool
}

// alone reports whether the case needs an engine of its own: it asks for tenants, or has more than one log.
func (c *scriptCase) alone() bool {
	for _, s := range c.steps {
		if s.question != nil && (s.question.Kind == "tenants" || slices.Contains(s.question.Types, tallystick.TenantUpserted)) {
			return true
		}
		for i := range s.load {
			if s.load[i].Position.Log != 1 {
				return true
			}
		}
	}
	return false
}

// in returns the case in another log, with tenants of other names.
func (c *scriptCase) in(log uint32) scriptCase {
	moved := scriptCase{name: c.name}
	tenant := func(name string) string {
		if name == "" {
			return ""
		}
		return fmt.Sprintf("%s of case %d", name, log)
	}
	for _, s := range c.steps {
		s.home = log
		s.load = slices.Clone(s.load)
		for i := range s.load {
			s.load[i].Position.Log = log
			s.load[i].Event.Tenant = tenant(s.load[i].Event.Tenant)
		}
		if s.question != nil {
			q := *s.question
			q.Tenant = tenant(q.Tenant)
			if !q.AsOf.IsZero() {
				q.AsOf.Log = log
			}
			s.question = &q
		}
		moved.steps = append(moved.steps, s)
	}
	return moved
}

func (c *scriptCase) run(t *testing.T, engine tallystick.Engine, cut func([]tallystick.Record) [][]tallystick.Record) {
	t.Helper()
	for _, s := range c.steps {
		if s.question == nil {
			apply(t, engine, cut(s.load))
			continue
		}
		got := ask(engine, s.question, s.notation)
		if s.accepts(got) {
			continue
		}
		want := s.want
		if s.refused {
			want = []string{"error"}
		}
		t.Errorf("%s: %s\n%s\nwant\n\t%s\ngot\n\t%s", s.at, c.name, s.question.Format(s.base), strings.Join(want, "\n\t"), strings.Join(got, "\n\t"))
	}
}

func (s *step) accepts(got []string) bool {
	if s.refused || isError(got) {
		return s.refused && isError(got)
	}
	return slices.Equal(s.want, got)
}

// parseScript reads a script.
func parseScript(file, text string) ([]scriptCase, error) {
	var cases []scriptCase
	var n notation
	next := uint64(1)
	lines := strings.Split(text, "\n")
	isBlock := func(i int) bool {
		return i < len(lines) && (lines[i] == "" || strings.HasPrefix(lines[i], " ") || strings.HasPrefix(lines[i], "#"))
	}
	// block returns the indented lines after line i, and the number of the line behind them.
	block := func(i int) (list []string, behind int) {
		for i++; isBlock(i); i++ {
			if line := strings.TrimSpace(lines[i]); line != "" && !strings.HasPrefix(line, "#") {
				list = append(list, line)
			}
		}
		return list, i
	}
	for i := 0; i < len(lines); {
		line, at := strings.TrimSpace(lines[i]), fmt.Sprintf("%s:%d", file, i+1)
		word, rest, _ := strings.Cut(line, " ")
		if isBlock(i) {
			i++
			continue
		}
		if word != "case" && word != "base" && len(cases) == 0 {
			return nil, fmt.Errorf("%s: %q before the first case", at, line)
		}
		switch word {
		case "case":
			cases, next = append(cases, scriptCase{name: rest}), 1
			i++
		case "base":
			base, err := tallystick.ParseInstant(rest + "T00:00:00Z")
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			n.base = base
			i++
		case "load":
			list, behind := block(i)
			s := step{notation: n, at: at}
			for _, line := range list {
				record, err := n.record(line, next)
				if err != nil {
					return nil, fmt.Errorf("%s: %q: %w", at, line, err)
				}
				if record.Position.Log == 1 {
					next = record.Position.Sequence + 1
				}
				s.load = append(s.load, record)
			}
			c := &cases[len(cases)-1]
			c.steps, i = append(c.steps, s), behind
		case "query":
			list, behind := block(i)
			question, err := parseQuestion(n, append([]string{line}, list...))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			s := step{notation: n, at: at, question: question}
			if behind == len(lines) || lines[behind] != "answer" && lines[behind] != "error" {
				return nil, fmt.Errorf("%s: a query without answer or error", at)
			}
			s.refused = lines[behind] == "error"
			s.want, i = block(behind)
			for j := range s.want {
				s.want[j] = strings.Join(strings.Fields(s.want[j]), " ")
			}
			c := &cases[len(cases)-1]
			c.steps = append(c.steps, s)
		default:
			return nil, fmt.Errorf("%s: %q is none of case, base, load, query", at, word)
		}
	}
	return cases, nil
}

// record reads an event with or without its position in front.
func (n notation) record(line string, next uint64) (r tallystick.Record, err error) {
	list, err := words(line)
	if err != nil {
		return r, err
	}
	r.Position = tallystick.Position{Log: 1, Sequence: next}
	if p, ok := strings.CutSuffix(list[0], ":"); ok {
		if r.Position, err = position(p); err != nil {
			return r, err
		}
		list = list[1:]
	}
	r.Event, err = n.event(list)
	r.Event.Source, r.Event.ID = "script", "e"+r.Position.String()
	return r, err
}
