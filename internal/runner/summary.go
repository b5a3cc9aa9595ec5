package runner

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/usage"
)

// Summary is what a mail shows of a file: kept with the run, so that every try to send it says the same.
type Summary struct {
	Company string           `json:"company"`
	Periods []deliver.Period `json:"periods"`
	Lines   []string         `json:"lines"` // what must be read first
	Totals  []deliver.Fact   `json:"totals"`
	Sample  *deliver.Sample  `json:"sample,omitempty"`
	// LateEvents is how many events have come since the run before, for times before this one's period that were told of.
	LateEvents int64 `json:"late_events"`
}

// The most that a mail shows.
const (
	shownPeriods = 5
	shownTotals  = 12
	shownColumns = 8
)

// summaryOf returns the summary of a file that was made.
func summaryOf(r control.Run, made *usage.Made, late int64) (*Summary, error) {
	s := &Summary{Periods: []deliver.Period{}, Lines: []string{}, Totals: totals(made.Glance), Sample: sampleOf(made.Glance), LateEvents: late}
	tenants := made.Receipt.Tenants
	if len(tenants) > 0 {
		s.Company = tenants[0].Company
	}
	if r.Late {
		s.Lines = append(s.Lines, fmt.Sprintf("This report is late: it was due at %s UTC, and no server was running then.", r.At.Time().Format("2 January 2006 15:04")))
	}
	switch {
	case late == 1:
		s.Lines = append(s.Lines, "1 event has arrived since the last report for a time before this one's period; an export of that time has it.")
	case late > 1:
		s.Lines = append(s.Lines, thousands(late)+" events have arrived since the last report for times before this one's period; exports of those times have them.")
	}
	s.Lines = append(s.Lines, made.Receipt.Notes...)
	if len(tenants) == 0 {
		s.Lines = append(s.Lines, "No tenant had an event before the end of the period.")
	}
	return s, s.periods(tenants)
}

// periods says which times a file is about. Tenants with one zone have one period.
func (s *Summary) periods(tenants []usage.TenantSpan) error {
	seen := map[[3]string]bool{}
	for _, t := range tenants {
		one := [3]string{t.Zone, t.FromUTC, t.BeforeUTC}
		if seen[one] {
			continue
		}
		seen[one] = true
		if len(seen) > shownPeriods {
			continue
		}
		p := deliver.Period{Zone: t.Zone, From: localText(t.From), Before: localText(t.Before)}
		var err error
		if p.FromUTC, p.BeforeUTC, err = ends(t); err != nil {
			return err
		}
		s.Periods = append(s.Periods, p)
	}
	if len(seen) > 1 {
		s.Lines = append(s.Lines, fmt.Sprintf("The companies of this report have %d different periods, for they are in different time zones; the file's receipt has them all.", len(seen)))
	}
	return nil
}

// localText writes a local time, in RFC 3339, for people.
func localText(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	switch {
	case err != nil:
		return text
	case t.Second() != 0 || t.Nanosecond() != 0:
		return t.Format("2 January 2006 15:04:05")
	}
	return t.Format("2 January 2006 15:04")
}

// totals are the numbers that a table gives for the whole period: the cells of a table with one row, and of rows that say that they are a total. Nothing is added up here:
// the sum of peaks, or of different contacts, is no number of anything.
func totals(glance []usage.TableGlance) []deliver.Fact {
	list := []deliver.Fact{}
	for i := range glance {
		g := &glance[i]
		columns := g.Table.Columns
		for _, row := range g.Rows() {
			whole := g.Count == 1 && g.Prefix == 0
			if !whole && (g.Total == "" || len(row) <= g.Prefix || row[g.Prefix].Text != g.Total) {
				continue
			}
			label := ""
			for c := g.Prefix; c < len(row); c++ {
				switch row[c].Kind {
				case tallystick.CellInteger, tallystick.CellDecimal:
					name := columns[c].Name
					if label != "" {
						name += " (" + label + ")"
					}
					list = append(list, deliver.Fact{Name: name, Value: cellText(row[c])})
				case tallystick.CellText:
					if row[c].Text != g.Total && row[c].Text != "" && !whole {
						label = row[c].Text
					}
				}
			}
		}
	}
	if len(list) > shownTotals {
		list = list[:shownTotals]
	}
	for i := range glance {
		if g := &glance[i]; g.Count != 1 || len(list) == 0 {
			name := "Rows"
			if len(glance) > 1 {
				name = "Rows of " + g.Table.Name
			}
			list = append(list, deliver.Fact{Name: name, Value: thousands(g.Count)})
		}
	}
	return list
}

// sampleOf returns the beginning of the first table that has several rows, else of the first that has any.
func sampleOf(glance []usage.TableGlance) *deliver.Sample {
	var best *usage.TableGlance
	for i := range glance {
		if g := &glance[i]; g.Count > 0 && (best == nil || best.Count == 1 && g.Count > 1) {
			best = g
		}
	}
	if best == nil {
		return nil
	}
	s := &deliver.Sample{More: best.Count - int64(len(best.First))}
	width := min(len(best.Table.Columns), shownColumns)
	s.MoreColumns = len(best.Table.Columns) - width
	for _, c := range best.Table.Columns[:width] {
		s.Columns = append(s.Columns, c.Name)
		s.Numeric = append(s.Numeric, c.Kind == tallystick.CellInteger || c.Kind == tallystick.CellDecimal || c.Kind == tallystick.CellNumber)
	}
	for _, row := range best.First {
		var texts []string
		for _, cell := range row[:width] {
			texts = append(texts, cellText(cell))
		}
		s.Rows = append(s.Rows, texts)
	}
	return s
}

// cellText writes a cell for people.
func cellText(c tallystick.Cell) string {
	switch c.Kind {
	case tallystick.CellInteger:
		return thousands(c.Int)
	case tallystick.CellInstant:
		return tallystick.Instant(c.Int).Time().Format("2006-01-02 15:04")
	case tallystick.CellDecimal:
		whole, cents, _ := strings.Cut(c.String(), ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || n == 0 { // -0.50
			return c.String()
		}
		return thousands(n) + "." + cents
	}
	return c.String()
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(s, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}
