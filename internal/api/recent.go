package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// RecentEvent is an event that was accepted lately.
type RecentEvent struct {
	Position string   `json:"position" doc:"in the journal"`
	Received Time     `json:"received"`
	Time     Time     `json:"time" doc:"when it happened"`
	Tenant   string   `json:"tenant"`
	Type     string   `json:"type"`
	Source   string   `json:"source"`
	ID       string   `json:"id"`
	Unknown  []string `json:"unknown" nullable:"false" doc:"data fields that the vocabulary does not have: often misspelt"`
}

// recentWithin is how many records of the journal are looked through for events of the tenants in reach: whoever sees one quiet tenant of many must not have the whole
// journal read.
const recentWithin = 2000

type recentWanted struct {
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"most events"`
}

// registerRecent registers the looking at what comes in.
func (s *Server) registerRecent(api huma.API) {
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/recent-events", id: "list-recent-events", tag: "Events",
		summary: "The events that were accepted last, the newest first, of the tenants in reach", needs: needs{entity: control.Ingest, action: control.View},
	}, func(ctx context.Context, in *recentWanted) (*listBody[RecentEvent], error) {
		events, err := s.recent(ctx, actorOf(ctx).Reach, in.Limit)
		return pageOf(events, "", func(e RecentEvent) RecentEvent { return e }), err
	})
}

// recent returns the newest events of tenants in reach, among the last records of the journal.
func (s *Server) recent(ctx context.Context, reach control.Reach, limit int) ([]RecentEvent, error) {
	head := s.Events.Head()
	within := uint64(recentWithin)
	if reach.All {
		within = uint64(limit)
	}
	var positions []tallystick.Position
	for n := head.Sequence - min(within, head.Sequence) + 1; n <= head.Sequence; n++ {
		positions = append(positions, tallystick.Position{Log: head.Log, Sequence: n})
	}
	var events []RecentEvent
	err := s.Reports.Lookup(ctx, positions, func(r tallystick.Record) error {
		e := &r.Event
		if !reach.Holds(e.Tenant) {
			return nil
		}
		// Copies, for the record holds the frame that it was read of.
		recent := RecentEvent{
			Position: r.Position.String(), Received: Time(e.Received), Time: Time(e.Time), Unknown: []string{},
			Tenant: strings.Clone(e.Tenant), Type: strings.Clone(e.Type), Source: strings.Clone(e.Source), ID: strings.Clone(e.ID),
		}
		for _, extra := range e.Extra {
			recent.Unknown = append(recent.Unknown, strings.Clone(extra.Name))
		}
		if len(events) == limit {
			events = slices.Delete(events, 0, 1)
		}
		events = append(events, recent)
		return nil
	})
	slices.Reverse(events)
	return events, err
}
