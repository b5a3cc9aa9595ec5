package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
)

// CellEvents is a part of the explanation of a cell.
type CellEvents struct {
	Tenant        string      `json:"tenant" doc:"Whose number it is."`
	Table         string      `json:"table"`
	Row           int         `json:"row"`
	Column        string      `json:"column"`
	Cell          any         `json:"cell" doc:"The value that is explained, as the table has it."`
	Sense         string      `json:"sense" enum:"label,giver,events,items,sum,average,answers,mean,quantity" doc:"How the counted events make the cell."`
	About         string      `json:"about" doc:"The same in a sentence."`
	Position      string      `json:"position"`
	CompleteUntil string      `json:"complete_until,omitempty"`
	Counted       int         `json:"counted" doc:"How many events are counted, on all pages."`
	LeftOut       int         `json:"left_out" doc:"How many were near and left out."`
	Items         []CellEvent `json:"items" doc:"In the order of events; with only those alone that it asks for."`
	Next          string      `json:"next,omitempty" doc:"The next page begins after this; empty where there is none."`
}

// CellEvent is an event of an explanation.
type CellEvent struct {
	Counted  bool   `json:"counted"`
	Reason   string `json:"reason,omitempty" doc:"Why it was left out."`
	Time     string `json:"time"`
	Type     string `json:"type"`
	Source   string `json:"source"`
	ID       string `json:"id"`
	Position string `json:"position"`
	Tenant   string `json:"tenant"`
	Item     string `json:"item,omitempty" doc:"What the event stands for: for unique counts and peaks the contact, user, conversation, session or span."`
}

// explain answers with the events behind a cell: a page of them as JSON, or all as a file.
func (h *Reports) explain(w http.ResponseWriter, r *http.Request, in *struct {
	Report string `path:"report"`
	Table  string `path:"table"`
	Row    int    `path:"row" doc:"From 1, as the table of the whole request has them."`
	Column string `path:"column" doc:"Its name, or its number from 1."`
	After  string `query:"after" doc:"Next of the page before; the other parameters must be those of that page."`
	Limit  int    `query:"limit" doc:"Most events of a page: 50 where it is not said, and 500 at most."`
	Only   string `query:"only" enum:"counted,left-out" doc:"Pages of the events that are counted, or of those that are left out; of both where it is not said. A file has both."`
	usage.Question
	FileWish
}) {
	format, err := in.wanted(nil)
	var page page
	if err == nil {
		page, err = explanationPage(in.After, in.Limit, tallystick.InstantOf(h.Now()))
	}
	if err == nil && in.Only != "" && format != nil {
		err = tallystick.Errorf(tallystick.Invalid, "a file has all events, and not only=%s", in.Only).At("only").WithHint("leave out only, or take pages")
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	if page.start > 0 {
		in.AsOf = page.asOf.String()
	}
	page.only = in.Only
	h.ask(w, r, &in.Question, in.Report, in.Table, func(ctx context.Context, store tallystick.Answerer, request tallystick.Request, s *stream) error {
		if in.At == "" {
			request.Now = page.now
		}
		x, err := h.Catalog().Explain(ctx, store, request, in.Table, in.Row, in.Column)
		if err != nil {
			return err
		}
		if format == nil {
			return h.writePage(ctx, s, x, page)
		}
		table, err := h.Lookup.Explained(ctx, x)
		if err != nil {
			return err
		}
		s.contentType, s.file = format.MediaType, usage.ExplanationTable+format.Extension
		s.notes = func() []string { return []string{usage.ExplanationNote(x)} }
		if err := h.downloaded(ctx, &in.Question, in.Report, s); err != nil {
			return err
		}
		options, err := in.FileOptions()
		if err != nil {
			return err
		}
		return format.Write(s, table, options)
	})
}

// page is a part of an explanation. The pages of one are made at one position and for one day, or they would not fit together.
type page struct {
	start, limit int
	only         string // "counted" or "left-out" events; empty: both
	asOf         tallystick.Position
	now          tallystick.Instant
}

// explanationPage reads the place where a page begins.
func explanationPage(after string, limit int, now tallystick.Instant) (page, error) {
	p := page{limit: limit, now: now}
	if limit == 0 {
		p.limit = control.DefaultLimit
	}
	if limit < 0 || limit > control.MaxLimit {
		return p, tallystick.Errorf(tallystick.Invalid, "a page can't have %d events", limit).At("limit").WithHint("ask for 1 to %d", control.MaxLimit)
	}
	if after == "" {
		return p, nil
	}
	wrong := tallystick.Errorf(tallystick.Invalid, "%q is not a place in an explanation", shorten(after)).At("after").WithHint("use next of the page before it")
	text, err := base64.RawURLEncoding.DecodeString(after)
	parts := strings.Split(string(text), ",")
	if err != nil || len(parts) != 3 {
		return p, wrong
	}
	if p.asOf, err = tallystick.ParsePosition(parts[0]); err != nil {
		return p, wrong
	}
	day, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return p, wrong
	}
	if p.now, err = tallystick.ParseInstant(tallystick.Instant(day).String()); err != nil { // of a year with five digits
		return p, wrong
	}
	start, err := strconv.ParseInt(parts[2], 10, 32) // no explanation has more events, and the end of the page is a number too
	if err != nil || start < 1 {
		return p, wrong
	}
	p.start = int(start)
	return p, nil
}

// next is the place behind the page.
func (p *page) next(position tallystick.Position) string {
	return base64.RawURLEncoding.EncodeToString([]byte(position.String() + "," + strconv.FormatInt(int64(p.now), 10) + "," + strconv.Itoa(p.start+p.limit)))
}

// writePage writes one page of an explanation.
func (h *Reports) writePage(ctx context.Context, s *stream, x *report.Explanation, p page) error {
	answer := CellEvents{
		Tenant: x.Tenant, Table: x.Table, Row: x.Row, Column: x.Column, Cell: valueOf(x.Cell), Sense: string(x.Sense), About: usage.ExplanationNote(x), Items: []CellEvent{},
	}
	var events []report.Explained
	for e := range x.Events() {
		is := "left-out"
		if answer.LeftOut++; e.Counted {
			is = "counted"
			answer.Counted++
			answer.LeftOut--
		}
		if p.only == "" || p.only == is {
			events = append(events, e)
		}
	}
	if len(events) > p.start+p.limit {
		answer.Next = p.next(s.position)
	}
	events = events[min(p.start, len(events)):min(p.start+p.limit, len(events))]
	names, err := h.Lookup.Names(ctx, events)
	if err != nil {
		return err
	}
	complete, err := h.Lookup.CompleteUntil(ctx, s.position)
	if err != nil {
		return err
	}
	answer.Position, answer.CompleteUntil = s.position.String(), complete.String()
	for i := range events {
		e := &events[i]
		called := names[e.Position]
		answer.Items = append(answer.Items, CellEvent{
			Counted: e.Counted, Reason: string(e.Reason), Time: e.Time.String(), Type: e.Type, Source: called.Source, ID: called.ID,
			Position: e.Position.String(), Tenant: e.Tenant, Item: e.Item,
		})
	}
	s.contentType = "application/json"
	return json.NewEncoder(s).Encode(answer)
}

// valueOf is a cell as JSON tells it.
func valueOf(c tallystick.Cell) any {
	switch c.Kind {
	case tallystick.CellEmpty:
		return nil
	case tallystick.CellInteger, tallystick.CellDecimal:
		return json.Number(c.String())
	}
	return c.String()
}
