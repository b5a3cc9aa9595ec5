package deliver

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// textWidth is how many characters a line of text has, as long as a number or a link in it is not longer.
const textWidth = 74

// Text returns a delivery as plain text, which says all that the page of HTML says. Lines end in \n.
func (d *Delivery) Text() string {
	var b strings.Builder
	paragraph := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(wrap(oneLine(l), textWidth))
		}
		b.WriteByte('\n')
	}
	heading := d.heading()
	b.WriteString(wrap(heading, textWidth))
	if d.Company != "" {
		b.WriteString(wrap(oneLine(d.Company), textWidth))
	}
	b.WriteString(strings.Repeat("=", min(utf8.RuneCountInString(heading), textWidth)) + "\n\n")
	for _, l := range d.Lines {
		paragraph(l)
	}
	if d.Description != "" {
		paragraph(d.Description)
	}
	for _, p := range d.Periods {
		paragraph(p.lines()...)
	}
	if len(d.Totals) > 0 {
		b.WriteString(facts(d.Totals) + "\n")
	}
	if s := d.Sample; s != nil && len(s.Columns) > 0 {
		b.WriteString(s.text())
		if more := s.more(); more != "" {
			b.WriteString(more + "\n")
		}
		b.WriteByte('\n')
	}
	if d.File != nil {
		paragraph(d.fileSentence())
	}
	if link := d.link(); link != "" {
		b.WriteString(link + "\n")
		if d.LinkExpires != 0 {
			paragraph(d.expiry())
		} else {
			b.WriteByte('\n')
		}
	}
	if d.Action != nil {
		b.WriteString(oneLine(d.Action.Text) + ":\n" + d.Action.Link + "\n\n")
	}
	b.WriteString("-- \n" + wrap(d.why(), textWidth))
	if d.Unsubscribe != "" {
		b.WriteString("To stop these mails: " + d.Unsubscribe + "\n")
	}
	return b.String()
}

func (d *Delivery) heading() string {
	if d.Report != "" {
		return oneLine(d.Report)
	}
	return oneLine(d.Subject)
}

// lines say a period, first as its people read it.
func (p Period) lines() []string {
	first := p.From + " to " + p.Before + " (" + p.Zone + ")"
	if p.Company != "" {
		first = p.Company + ": " + first
	}
	if p.FromUTC == p.BeforeUTC {
		return []string{first}
	}
	return []string{first, p.utc()}
}

func (p Period) utc() string {
	return "In UTC: " + minuteOf(p.FromUTC) + " to " + minuteOf(p.BeforeUTC)
}

// minuteOf writes an instant for people, with seconds where it has any.
func minuteOf(i tallystick.Instant) string {
	if i%tallystick.Minute != 0 {
		return i.Time().Format("2006-01-02 15:04:05")
	}
	return i.Time().Format("2006-01-02 15:04")
}

// fileSentence says where the file is.
func (d *Delivery) fileSentence() string {
	what := d.File.Name + " (" + size(d.File.Size) + ")"
	switch {
	case d.Attach:
		return "The whole report is attached: " + what
	case d.Link != "":
		return "The whole report is behind this link: " + what
	}
	return "The whole report: " + what
}

func (d *Delivery) link() string {
	if d.Attach {
		return ""
	}
	return d.Link
}

func (d *Delivery) expiry() string {
	return "The link works until " + d.LinkExpires.Time().Format("2 January 2006 15:04") + " UTC."
}

// why says why somebody gets this. An outside address may never have heard of us.
func (d *Delivery) why() string {
	switch {
	case d.Schedule != "":
		return "You get this because " + d.recipient() + " is a recipient of the schedule “" + oneLine(d.Schedule) + "” in Tallystick. Its owner can take you off."
	case d.Report != "":
		return "You get this because somebody had Tallystick send this report to " + d.recipient() + "."
	}
	return "Tallystick sent this to " + d.recipient() + " because it concerns an account or a schedule there."
}

func (d *Delivery) recipient() string { return oneLine(d.To) }

// more says what of the table only the file has; "": nothing.
func (s *Sample) more() string {
	var list []string
	for _, m := range []struct {
		n    int64
		what string
	}{{s.More, "row"}, {int64(s.MoreColumns), "column"}} {
		switch {
		case m.n == 1:
			list = append(list, "1 more "+m.what)
		case m.n > 1:
			list = append(list, thousands(m.n)+" more "+m.what+"s")
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "… and " + strings.Join(list, " and ") + " in the file"
}

// size writes bytes for people.
func size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 999_500:
		return strconv.FormatInt((n+500)/1000, 10) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// facts writes names and values in two columns.
func facts(all []Fact) string {
	width := 0
	for _, f := range all {
		width = max(width, utf8.RuneCountInString(oneLine(f.Name)))
	}
	width = min(width, textWidth/2)
	var b strings.Builder
	for _, f := range all {
		b.WriteString(strings.TrimRight(pad(oneLine(f.Name), width, false)+"  "+oneLine(f.Value), " ") + "\n")
	}
	return b.String()
}

// text writes a table in columns. Texts are cut, with "…", where it would be too wide; numbers never are.
func (s *Sample) text() string {
	const gap = 2
	cell := func(row []string, column int) string {
		if column < len(row) {
			return oneLine(row[column])
		}
		return ""
	}
	// A name that is wider than what stands below it is broken at its spaces.
	heads := make([][]string, len(s.Columns))
	widths := make([]int, len(s.Columns))
	total, height := -gap, 1
	for c := range s.Columns {
		heads[c] = strings.Split(strings.TrimRight(wrap(oneLine(s.Columns[c]), 10), "\n"), "\n")
		height = max(height, len(heads[c]))
		for _, part := range heads[c] {
			widths[c] = max(widths[c], utf8.RuneCountInString(part))
		}
		for _, row := range s.Rows {
			widths[c] = max(widths[c], utf8.RuneCountInString(cell(row, c)))
		}
		total += gap + widths[c]
	}
	const narrowest = 8
	for total > textWidth {
		widest := -1
		for c, w := range widths {
			if !s.numeric(c) && w > narrowest && (widest < 0 || w > widths[widest]) {
				widest = c
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
	}
	var b strings.Builder
	line := func(cell func(column int) string) {
		var l strings.Builder
		for c, w := range widths {
			if c > 0 {
				l.WriteString(strings.Repeat(" ", gap))
			}
			l.WriteString(pad(cut(cell(c), w), w, s.numeric(c)))
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	for i := range height {
		line(func(c int) string {
			if above := height - len(heads[c]); i >= above {
				return heads[c][i-above]
			}
			return ""
		})
	}
	line(func(c int) string { return strings.Repeat("-", widths[c]) })
	for _, row := range s.Rows {
		line(func(c int) string { return cell(row, c) })
	}
	return b.String()
}

func (s *Sample) numeric(column int) bool { return column < len(s.Numeric) && s.Numeric[column] }

func pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
	if right {
		return space + s
	}
	return s + space
}

func cut(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s
}

// wrap breaks a line at its spaces, and ends it. A word that is too long stays whole, for it may be a link.
func wrap(s string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteByte('\n')
	return b.String()
}
