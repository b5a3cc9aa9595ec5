package deliver

import (
	_ "embed"
	"html/template"
	"strings"
)

// HTML returns a delivery as a page for mail programs: tables and styles at the elements, since some programs know nothing else; nothing is fetched from anywhere. The one
// style sheet is for the dark, and where it is thrown away the page is light.
func (d *Delivery) HTML() (string, error) {
	page, err := template.New("mail").Parse(mailTemplate)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := page.Execute(&b, d.page()); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Preview returns what a recipient would see of a delivery, as text and as HTML.
func Preview(d *Delivery) (text, html string, err error) {
	if err := d.check(); err != nil {
		return "", "", err
	}
	html, err = d.HTML()
	return d.Text(), html, err
}

//go:embed mail.html
var mailTemplate string

// page is what the template is filled with; whatever takes a decision is decided here.
type page struct {
	Heading, Company, Description, Teaser string
	Lines                                 []string
	Periods                               []pagePeriod
	Totals                                []Fact
	Columns                               []pageCell
	Rows                                  [][]pageCell
	More                                  string
	File                                  string
	Link, Expiry                          string
	Action                                *Action
	Why, Unsubscribe                      string
}

type pagePeriod struct{ Company, Local, Zone, UTC string }

type pageCell struct {
	Text  string
	Align string // left or right
	Gap   int    // pixels to the column before
}

func (d *Delivery) page() page {
	p := page{
		Heading: d.heading(), Company: d.Company, Description: d.Description, Lines: d.Lines, Totals: d.Totals,
		Link: d.link(), Action: d.Action, Why: d.why(), Unsubscribe: d.Unsubscribe,
	}
	for _, period := range d.Periods {
		shown := pagePeriod{Company: period.Company, Local: period.From + " to " + period.Before, Zone: period.Zone}
		if period.FromUTC != period.BeforeUTC {
			shown.UTC = period.utc()
		}
		p.Periods = append(p.Periods, shown)
	}
	p.Teaser = d.teaser()
	if s := d.Sample; s != nil && len(s.Columns) > 0 {
		cell := func(column int, text string) pageCell {
			cell := pageCell{Text: text, Align: "left"}
			if s.numeric(column) {
				cell.Align = "right"
			}
			if column > 0 {
				cell.Gap = 14
			}
			return cell
		}
		for c, name := range s.Columns {
			p.Columns = append(p.Columns, cell(c, name))
		}
		for _, row := range s.Rows {
			cells := make([]pageCell, len(row))
			for c, text := range row {
				cells[c] = cell(c, text)
			}
			p.Rows = append(p.Rows, cells)
		}
		p.More = s.more()
	}
	if d.File != nil {
		p.File = d.fileSentence()
	}
	if p.Link != "" && d.LinkExpires != 0 {
		p.Expiry = d.expiry()
	}
	return p
}

// teaser is what mail programs show beside the subject: a mail that must be read says so there.
func (d *Delivery) teaser() string {
	switch {
	case len(d.Lines) > 0:
		return d.Lines[0]
	case len(d.Periods) > 0:
		return d.Periods[0].lines()[0]
	}
	return d.Description
}
