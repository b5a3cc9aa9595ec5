package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/reports"
)

// meanwhile is what happens while clients send: again and again it is looked how long what is in the journal is not in an answer yet, and, if wanted, reports are asked.
type meanwhile struct {
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	visible []float64 // ms from in the journal until in an answer
	reports []float64 // ms of a report
	problem error     // the first
}

// lookEvery is the pause between two looks at how far the engine is.
const lookEvery = 5 * time.Millisecond

// begin looks, and asks a report after the other with a pause between; 0: none.
func begin(ctx context.Context, s *server, pause time.Duration) *meanwhile {
	m := &meanwhile{}
	ctx, m.stop = context.WithCancel(ctx)
	m.running.Go(func() {
		for tick := time.NewTicker(lookEvery); ctx.Err() == nil; <-tick.C {
			m.running.Go(func() { // the next does not wait for it
				began := time.Now()
				m.note(ctx, &m.visible, began, s.applier.Wait(ctx, s.journal.Head()))
			})
		}
	})
	if pause > 0 {
		m.running.Go(func() { m.note(ctx, nil, time.Time{}, m.ask(ctx, s, pause)) })
	}
	return m
}

// ask asks, for one tenant and the day that all events are of, in turn what is most work.
func (m *meanwhile) ask(ctx context.Context, s *server, pause time.Duration) error {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		return err
	}
	day := tallystick.Date{Year: 2025, Month: 6, Day: 1}
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		table := [][2]string{{"room-usage", "rooms"}, {"service-usage", "unique-contacts"}, {"session-usage", "by-bot"}, {"billing-usage", "usage"}}[i%4]
		request := tallystick.Request{
			Report: table[0], Table: table[1], Tenants: []string{fmt.Sprintf("tenant-%d", 1+i%3)}, Zone: "UTC", From: tallystick.Moment{Date: day}, To: tallystick.Moment{Date: day},
			Now: tallystick.InstantOf(time.Now()), AsOf: s.applier.Applied(), Pinned: true,
		}
		began := time.Now()
		err := s.applier.Ask(func(engine tallystick.Answerer) error {
			result, err := catalog.Make(ctx, engine, request)
			if err != nil {
				return err
			}
			for _, err := range result.Tables[0].Rows {
				if err != nil {
					return err
				}
			}
			return nil
		})
		if tallystick.CodeOf(err) == tallystick.NotFound { // nothing of the tenant is there yet
			continue
		}
		m.note(ctx, &m.reports, began, err)
	}
}

// note notes how long something took; what was ended by the end of it all is none.
func (m *meanwhile) note(ctx context.Context, list *[]float64, began time.Time, err error) {
	if ctx.Err() != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.problem = cmp.Or(m.problem, err)
	if list != nil {
		*list = append(*list, time.Since(began).Seconds()*1000)
	}
}

// end returns what was seen: how soon things were visible, and how long reports took.
func (m *meanwhile) end() (string, error) {
	m.stop()
	m.running.Wait()
	at := func(list []float64, share float64) float64 {
		if len(list) == 0 {
			return 0
		}
		slices.Sort(list)
		return list[int(share*float64(len(list)-1))]
	}
	return fmt.Sprintf("%.0f | %.0f | %d | %.0f", at(m.visible, 0.5), at(m.visible, 0.99), len(m.reports), at(m.reports, 0.5)), m.problem
}
