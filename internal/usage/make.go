package usage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/render"
)

// Making is an order with what it is made under.
type Making struct {
	Order Order
	// Now is the moment that a period in words is of, where the order says no other.
	Now   tallystick.Instant
	Reach control.Reach
	// Providers says who is above whom; only filters ask for it.
	Providers map[string]string
	// AsOf is the position to make it at, where the order says none: one that was the newest. The engine must have reached it, else the error has the code
	// Unavailable. Zero: the newest now.
	AsOf tallystick.Position
	// Name says what the file is called, without its ending; nil: as the report says.
	Name func(*tallystick.Result) (string, error)
	// Progress is told between rows how far the making is. nil: nobody asks.
	Progress func(Progress)

	nothing bool // it is made as if there were no events
}

// Progress is how far a file is made.
type Progress struct {
	Rows    int64
	Percent int // of the work, as far as it can be foreseen; 100 is whole
}

// Made is a file that was made.
type Made struct {
	Receipt *Receipt
	Glance  []TableGlance
}

// TableGlance is what can be shown of a table in small.
type TableGlance struct {
	Table  tallystick.Table // without rows
	Prefix int              // columns before the table's own, which say whose row it is
	Total  string           // text of the first cell of its own in rows that are totals; empty: there are none
	Count  int64            // rows that it has
	First  [][]tallystick.Cell
	Last   []tallystick.Cell // nil where it is among the first
}

// Rows returns the rows that are kept.
func (g *TableGlance) Rows() [][]tallystick.Cell {
	if g.Last == nil {
		return g.First
	}
	return append(slices.Clip(g.First), g.Last)
}

// glanceRows are the first rows that a glance keeps.
const glanceRows = 10

// Make makes a file and writes it to w. After an error w holds a part of it that is of no use. Memory does not grow with the rows.
func (s *Source) Make(ctx context.Context, m Making, w io.Writer) (made *Made, err error) {
	definition, err := s.Catalog().Report(m.Order.Report)
	if err != nil {
		return nil, err
	}
	if err := m.Order.Check(definition, m.Now); err != nil {
		return nil, err
	}
	request, err := m.Order.request(m.Now)
	if err != nil {
		return nil, err
	}
	err = s.Ask(ctx, func(engine tallystick.Answerer, head tallystick.Position) error {
		if m.AsOf.After(head) {
			return tallystick.Errorf(tallystick.Unavailable, "the event store is at %s of the journal, and the report waits for %s", head, m.AsOf).WithHint("ask again in a moment")
		}
		if err := Within(head, request.AsOf, InAddress); err != nil {
			return err
		}
		if m.nothing {
			head = tallystick.Position{}
		}
		switch {
		case !request.AsOf.IsZero():
		case !m.AsOf.IsZero():
			request.AsOf, request.Pinned = m.AsOf, true
		default:
			request.AsOf, request.Pinned = head, true
		}
		made, err = s.make(ctx, &m, engine, head, request, w)
		return err
	})
	return made, err
}

func (s *Source) make(ctx context.Context, m *Making, engine tallystick.Answerer, head tallystick.Position, request tallystick.Request, w io.Writer) (*Made, error) {
	store := s.Within(engine, head, m.Reach)
	if len(m.Order.Filter) > 0 {
		filter, err := ParseTenantFilter(m.Order.Filter)
		if err != nil {
			return nil, err
		}
		matching, err := Matching(ctx, store, request.AsOf, filter, m.Providers)
		if err != nil {
			return nil, err
		}
		store = s.Within(engine, head, matching)
	}
	file, err := s.File(ctx, m, store, request)
	if err != nil {
		return nil, err
	}
	return file.Write(w)
}

// File is a file that can be written.
type File struct {
	Name      string
	MediaType string
	Result    *tallystick.Result

	ctx     context.Context
	source  *Source
	making  *Making
	store   tallystick.Answerer
	request tallystick.Request
	format  render.Format
	options render.Options
}

// File prepares the file of a request that was made of an order, from an engine as somebody may see it. What is wrong with the request is an error now; the rows are made
// when the file is written.
func (s *Source) File(ctx context.Context, m *Making, store tallystick.Answerer, request tallystick.Request) (f *File, err error) {
	f = &File{ctx: ctx, source: s, making: m, store: store, request: request}
	if f.format, err = m.Order.FileFormat(); err != nil {
		return nil, err
	}
	if f.options, err = m.Order.Form.FileOptions(); err != nil {
		return nil, err
	}
	if f.Result, err = s.Catalog().Make(ctx, store, request); err != nil {
		return nil, err
	}
	if f.format.Workbook() {
		if f.options.About, err = s.Lookup.About(ctx, request.AsOf, f.Result); err != nil {
			return nil, err
		}
	}
	extension := f.format.Extension
	f.MediaType = f.format.MediaType
	if f.archive() {
		extension, f.MediaType = render.ArchiveExtension, render.ArchiveMediaType
	}
	f.Name = m.Order.Name(f.Result.Report)
	if m.Name != nil {
		if f.Name, err = m.Name(f.Result); err != nil {
			return nil, err
		}
	}
	f.Name += extension
	return f, nil
}

func (f *File) archive() bool { return len(f.Result.Tables) > 1 && !f.format.Workbook() }

// Write writes the file, which can be done once.
func (f *File) Write(w io.Writer) (*Made, error) {
	file, tables := newDigest(w), newDigest(io.Discard)
	o := &observer{ctx: f.ctx, making: f.making, result: f.Result, tables: tables}
	observed := make([]tallystick.Table, len(f.Result.Tables))
	for i, t := range f.Result.Tables {
		observed[i] = o.observed(t)
	}
	write := f.format.WriteBook
	if f.archive() {
		write = f.format.WriteArchive
	}
	if err := write(file, observed, f.options); err != nil {
		return nil, err
	}
	r := &Receipt{
		Receipt: ReceiptVersion, Order: f.making.Order, TablesSHA256: tables.sum(), Notes: f.Result.Notes(), Versions: f.source.Versions,
		Report: ReceiptReport{Name: f.Result.Report.Name, Title: f.Result.Report.Title, Version: f.Result.Report.Version, Definition: f.Result.Report.Digest},
		File:   ReceiptFile{Name: f.Name, MediaType: f.MediaType, Size: file.size, SHA256: file.sum()},
	}
	r.Order.At = f.request.Now.String()
	if r.Notes == nil {
		r.Notes = []string{}
	}
	for _, g := range o.glance {
		r.Tables = append(r.Tables, ReceiptTable{g.Table.Name, g.Count})
	}
	return &Made{Receipt: r, Glance: o.glance}, f.complete(r)
}

// complete fills in whose numbers a receipt is about, and the events behind them.
func (f *File) complete(r *Receipt) (err error) {
	if r.Tenants, err = spans(f.Result); err != nil {
		return err
	}
	if f.request.AsOf.IsZero() {
		return nil
	}
	complete, err := f.source.Lookup.CompleteUntil(f.ctx, f.request.AsOf)
	if err != nil {
		return err
	}
	r.Position, r.CompleteUntil = f.request.AsOf.String(), complete.String()
	for _, t := range f.Result.Tenants {
		if t.Tenant == "" {
			continue // events without a tenant are not in the store
		}
		n, err := f.store.Events(f.ctx, tallystick.Events{Scope: tallystick.For(t.Tenant, f.request.AsOf, t.Before), From: t.From})
		if err != nil {
			return err
		}
		r.Events += n
	}
	return nil
}

// observer watches rows while they are read for a file.
type observer struct {
	ctx    context.Context
	making *Making
	result *tallystick.Result
	tables io.Writer
	rows   int64
	glance []TableGlance
}

// betweenLooks is how many rows pass between two looks at the clockwork: whether the making is cancelled, and who wants to know how far it is.
const betweenLooks = 256

// observed returns a table whose rows are counted and digested.
func (o *observer) observed(t tallystick.Table) tallystick.Table {
	t = render.Noted(o.tables, t)
	rows := t.Rows
	t.Rows = func(yield func([]tallystick.Cell, error) bool) {
		g := o.glanceAt(t)
		defer func() { o.glance = append(o.glance, *g) }()
		for row, err := range rows {
			if o.rows++; err == nil && o.rows%betweenLooks == 0 {
				err = o.look()
			}
			if err == nil {
				g.add(row)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := o.look(); err != nil {
			yield(nil, err)
		}
	}
	return t
}

// look tells how far the making is, and ends it where it is cancelled.
func (o *observer) look() error {
	if o.making.Progress != nil {
		o.making.Progress(Progress{Rows: o.rows, Percent: int(100 * o.result.Made())})
	}
	return context.Cause(o.ctx)
}

func (o *observer) glanceAt(t tallystick.Table) *TableGlance {
	g := &TableGlance{Table: tallystick.Table{Name: t.Name, Columns: t.Columns}}
	for _, d := range o.result.Report.Tables {
		if d.Name == t.Name {
			g.Total, g.Prefix = d.Total, len(t.Columns)-len(d.Columns)
		}
	}
	return g
}

// add keeps the first rows, and the last.
func (g *TableGlance) add(row []tallystick.Cell) {
	if g.Count++; g.Count <= glanceRows {
		g.First = append(g.First, append([]tallystick.Cell(nil), row...))
		return
	}
	g.Last = append(g.Last[:0], row...)
}

// digest passes bytes on, and knows how many they were and their SHA-256.
type digest struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func newDigest(w io.Writer) *digest { return &digest{w: w, hash: sha256.New()} }

func (d *digest) Write(b []byte) (int, error) {
	n, err := d.w.Write(b)
	d.hash.Write(b[:n])
	d.size += int64(n)
	return n, err
}

func (d *digest) sum() string { return hex.EncodeToString(d.hash.Sum(nil)) }
