package usage

import (
	"github.com/tallystick/tallystick"
)

// Receipt says of a file all that is needed to make it again, and to tell whether that is the same.
type Receipt struct {
	Receipt int           `json:"receipt" doc:"Version of this shape."`
	Report  ReceiptReport `json:"report"`
	Order   Order         `json:"order" doc:"What was asked for."`
	Tenants []TenantSpan  `json:"tenants" doc:"Whose numbers these are, in the order of the tables, with the period as their zone saw it."`

	Position      string `json:"position" doc:"The position of the journal that the file was made at; empty where there were no events yet."`
	CompleteUntil string `json:"complete_until,omitempty" doc:"When the newest event of the position was accepted."`
	Events        int64  `json:"events" doc:"Events of these tenants, of whatever type, that happened in the period, as of the position."`

	Tables []ReceiptTable `json:"tables"`
	File   ReceiptFile    `json:"file"`
	// TablesSHA256 is of the typed cells: for each table a line of JSON with its name and columns, and one for each row.
	TablesSHA256 string   `json:"tables_sha256" doc:"SHA-256 of the typed cells as NDJSON; the same whatever the format."`
	Notes        []string `json:"notes" doc:"What a reader must know and the tables can't say."`
	Versions     Versions `json:"versions"`
}

// ReceiptVersion is the version of the shape that is made now.
const ReceiptVersion = 1

// ReceiptReport is the definition that a file was made by.
type ReceiptReport struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Version    int    `json:"version"`
	Definition string `json:"definition_sha256" doc:"SHA-256 of the text of the definition."`
}

// TenantSpan is a tenant of a receipt.
type TenantSpan struct {
	Tenant    string `json:"tenant"`
	Company   string `json:"company"`
	Zone      string `json:"zone"`
	From      string `json:"from" doc:"The period's first instant, as the clocks of the zone showed it."`
	Before    string `json:"before" doc:"The instant where the period ends, as the clocks of the zone showed it."`
	FromUTC   string `json:"from_utc"`
	BeforeUTC string `json:"before_utc"`
}

// ReceiptTable is one of the tables.
type ReceiptTable struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// ReceiptFile is the file itself.
type ReceiptFile struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// Versions are those of what a number may come to depend on.
type Versions struct {
	Program string `json:"program"`
	Commit  string `json:"commit"`
	Engine  string `json:"engine"`
	TZData  string `json:"tzdata"`
	Go      string `json:"go"`
}

// Rows returns the rows of all tables.
func (r *Receipt) Rows() (n int64) {
	for _, t := range r.Tables {
		n += t.Rows
	}
	return n
}

// spans returns the tenants of a result with their periods.
func spans(result *tallystick.Result) ([]TenantSpan, error) {
	list := []TenantSpan{}
	for _, t := range result.Tenants {
		calendar, err := tallystick.LoadCalendar(t.Zone)
		if err != nil {
			return nil, err
		}
		list = append(list, TenantSpan{
			Tenant: t.Tenant, Company: t.Company, Zone: t.Zone, From: calendar.Format(t.From), Before: calendar.Format(t.Before), FromUTC: t.From.String(), BeforeUTC: t.Before.String(),
		})
	}
	return list, nil
}
