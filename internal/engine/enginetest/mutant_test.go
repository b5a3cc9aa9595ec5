package enginetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// mutant is a correct engine with one mistake: it changes the questions of one kind, or, for that kind, the events.
type mutant struct {
	tallystick.Engine
	wrong       tallystick.Engine // has the changed events
	kind        string
	event       func(*tallystick.Event)
	tally       func(*tallystick.Tally)
	peak        func(*tallystick.Peak)
	resolutions func(*tallystick.Resolutions)
	sessions    func(*tallystick.Sessions)
	events      func(*tallystick.Events)
}

func (m mutant) Apply(ctx context.Context, records []tallystick.Record) error {
	var changed []tallystick.Record
	for _, r := range records {
		r.Event = r.Event.Clone()
		if m.event != nil {
			m.event(&r.Event)
		}
		changed = append(changed, r)
	}
	return errors.Join(m.Engine.Apply(ctx, records), m.wrong.Apply(ctx, changed))
}

func (m mutant) of(kind string) tallystick.Engine {
	if m.kind == kind {
		return m.wrong
	}
	return m.Engine
}

func (m mutant) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	if m.tally != nil {
		m.tally(&q)
	}
	return m.of("tally").Tally(ctx, q)
}

func (m mutant) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	if m.peak != nil {
		m.peak(&q)
	}
	return m.of("peak").Peak(ctx, q)
}

func (m mutant) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	return m.of("entities").Entities(ctx, q)
}

func (m mutant) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	return m.of("list").List(ctx, q)
}

func (m mutant) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	if m.events != nil {
		m.events(&q)
	}
	return m.of("events").Events(ctx, q)
}

func (m mutant) Since(ctx context.Context, s tallystick.Scope) (tallystick.Instant, error) {
	return m.of("since").Since(ctx, s)
}

func (m mutant) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	if m.resolutions != nil {
		m.resolutions(&q)
	}
	return m.of("resolutions").Resolutions(ctx, q)
}

func (m mutant) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	if m.sessions != nil {
		m.sessions(&q)
	}
	return m.of("sessions").Sessions(ctx, q)
}

func (m mutant) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	return m.of("sessioncounts").SessionCounts(ctx, q)
}

func (m mutant) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	return m.of("conversations").Conversations(ctx, q)
}

func (m mutant) Correspondents(ctx context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	return m.of("correspondents").Correspondents(ctx, q)
}

// moved moves events of a type by a µs or so.
func moved(typeName string, by tallystick.Instant) func(*tallystick.Event) {
	return func(e *tallystick.Event) {
		if e.Type == typeName {
			e.Time += by
		}
	}
}

// without takes a field from events of a type.
func without(typeName string, f tallystick.Field) func(*tallystick.Event) {
	return func(e *tallystick.Event) {
		if e.Type == typeName {
			e.Data = slices.DeleteFunc(e.Data, func(v tallystick.Value) bool { return v.Field == f })
		}
	}
}

// texts changes a text of events of a type.
func texts(typeName string, f tallystick.Field, from, to string) func(*tallystick.Event) {
	return func(e *tallystick.Event) {
		for i := range e.Data {
			if e.Type == typeName && e.Data[i].Field == f && e.Data[i].Text == from {
				e.Data[i].Text = to
			}
		}
	}
}

// The random part must find each of these mistakes in a few seeds, and show it with a handful of records.
func TestRandomQuestionsFindMistakes(t *testing.T) {
	const (
		sent, failed, created, solved = tallystick.MessageSent, tallystick.MessageFailed, tallystick.ConversationCreated, tallystick.ConversationSolved
		started, ended                = tallystick.SessionStarted, tallystick.SessionEnded
	)
	for name, m := range map[string]mutant{
		"the start of a period is outside": {tally: func(q *tallystick.Tally) { q.From++ }},
		"the end of a period is inside":    {tally: func(q *tallystick.Tally) { q.Before += min(1, tallystick.MaxInstant-q.Before) }},
		"as of is ignored":                 {tally: func(q *tallystick.Tally) { q.AsOf = tallystick.Position{} }},
		"filters are ignored":              {tally: func(q *tallystick.Tally) { q.Where = nil }},
		"everything is countable":          {tally: func(q *tallystick.Tally) { q.Countable = false }},
		"any is how many":                  {tally: func(q *tallystick.Tally) { q.Measure.Any = false }},
		"nothing is rounded":               {tally: func(q *tallystick.Tally) { q.Measure.RoundUp = 0 }},
		"no edges of groups":               {tally: func(q *tallystick.Tally) { q.EdgesOf = nil }},
		"ids ignore case":                  {kind: "tally", event: texts(sent, tallystick.FieldSenderID, "U1", "u1")},
		"a failure is a µs late":           {kind: "tally", event: moved(failed, 1)},
		"a failure is always known":        {kind: "tally", event: moved(failed, -10000*tallystick.Day)},
		"a period has events of all time":  {events: func(q *tallystick.Events) { q.From = tallystick.MinInstant }},
		"no open limit":                    {peak: func(q *tallystick.Peak) { q.OpenLimit = 0 }},
		"the open limit is a µs longer":    {peak: func(q *tallystick.Peak) { q.OpenLimit += min(q.OpenLimit, 1) }},
		"spans are of any application":     {peak: func(q *tallystick.Peak) { q.Where = nil }},
		"an end is a µs late":              {kind: "peak", event: moved(ended, 1)},
		"a start is a µs late":             {kind: "peak", event: moved(started, 1)},
		"resolutions of other channels":    {resolutions: func(q *tallystick.Resolutions) { q.Where = nil }},
		"answers after From only":          {resolutions: func(q *tallystick.Resolutions) { q.Before = min(q.Before, q.From+tallystick.Day) }},
		"a resolution is a µs early":       {kind: "resolutions", event: moved(solved, -1)},
		"failed answers count":             {kind: "resolutions", event: without(failed, tallystick.FieldMessageID)},
		"answers of system count":          {kind: "resolutions", event: texts(sent, tallystick.FieldSenderKind, "system", "api")},
		"started_by is ignored":            {kind: "resolutions", event: without(created, tallystick.FieldStartedBy)},
		"created has no channel":           {kind: "resolutions", event: without(created, tallystick.FieldChannelID)},
		"internal messages start":          {kind: "resolutions", event: texts(sent, tallystick.FieldDirection, "internal", "inbound")},
		"a session's start is too late":    {sessions: func(q *tallystick.Sessions) { q.From++ }},
		"a slice ends too late": {sessions: func(q *tallystick.Sessions) {
			if q.Until != 0 {
				q.Until++
			}
		}},
		"session ids are ignored":           {kind: "sessions", event: without(sent, tallystick.FieldSessionID)},
		"agent sessions are given ones":     {kind: "sessions", event: texts(started, tallystick.FieldKind, "agent", "bot")},
		"given sessions start with a word":  {kind: "sessions", event: without(started, tallystick.FieldSessionID)},
		"the contact is the sender":         {kind: "sessions", event: without(sent, tallystick.FieldContactID)},
		"a window is a µs shorter":          {kind: "sessions", event: moved(sent, 1)},
		"created has no ticket":             {kind: "sessions", event: without(created, tallystick.FieldTicketID)},
		"failed interactions count":         {kind: "sessions", event: without(failed, tallystick.FieldMessageID)},
		"reactions are interactions":        {kind: "sessions", event: texts(sent, tallystick.FieldContentKind, "reaction", "text")},
		"no status":                         {kind: "entities", event: without(tallystick.UserUpserted, tallystick.FieldStatus)},
		"upserts are a µs late":             {kind: "entities", event: moved(tallystick.UserUpserted, 1)},
		"conversations are heard of late":   {kind: "conversations", event: moved(tallystick.ConversationUpdated, 1)},
		"conversations have no ticket":      {kind: "conversations", event: without(created, tallystick.FieldTicketID)},
		"conversations begin with messages": {kind: "conversations", event: without(created, tallystick.FieldConversationID)},
		"emptied names keep the name before": {kind: "entities", event: func(e *tallystick.Event) {
			if e.Text(tallystick.FieldName) == "" {
				without(e.Type, tallystick.FieldName)(e)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			open := func(*testing.T) tallystick.Engine {
				m := m
				m.Engine, m.wrong = memory.New(), memory.New()
				return m
			}
			right := func(*testing.T) tallystick.Engine { return memory.New() }
			for seed := range int64(40) {
				d := findDifference(t, seed, right, open, Random(seed, 100+int(seed)*10), 40)
				if d == nil {
					continue
				}
				if len(d.records) > 6 {
					t.Errorf("seed %d: %d records are left\n%s", seed, len(d.records), d)
				}
				t.Logf("seed %d: %d attempts\n%s", seed, d.tries, d)
				return
			}
			t.Error("not found")
		})
	}
}
