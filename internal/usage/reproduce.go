package usage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Verdict says whether a file that was made again is the same.
type Verdict struct {
	SameTables bool     `json:"same_tables" doc:"Every cell is as it was."`
	SameFile   bool     `json:"same_file" doc:"Every byte of the file is as it was."`
	Causes     []string `json:"causes" doc:"What has changed that a file depends on, where something is not the same."`
	Receipt    *Receipt `json:"receipt" doc:"Of the file as it is now."`
}

// ParseReceipt reads a receipt.
func ParseReceipt(text []byte) (*Receipt, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	var r Receipt
	if err := d.Decode(&r); err != nil || r.Receipt == 0 {
		return nil, tallystick.Errorf(tallystick.Invalid, "this is no receipt of a report").WithHint("give the JSON that came with the file")
	}
	if r.Receipt > ReceiptVersion {
		return nil, tallystick.Errorf(tallystick.Invalid, "the receipt is of version %d, and this program knows version %d", r.Receipt, ReceiptVersion).WithHint("use the newer program")
	}
	return &r, nil
}

// Reproduce makes the file of a receipt again, as of its position, and writes it to w. Whoever asks must reach all of its tenants.
func (s *Source) Reproduce(ctx context.Context, r *Receipt, reach control.Reach, w io.Writer) (*Verdict, error) {
	m := Making{Order: r.Order, Reach: reach, nothing: r.Position == "", Name: func(*tallystick.Result) (string, error) {
		return strings.TrimSuffix(r.File.Name, path.Ext(r.File.Name)), nil
	}}
	if r.Report.Name == ingestQuality {
		return nil, tallystick.Errorf(tallystick.Invalid, "%s can't be made again: it tells how events were answered, which the journal does not know", ingestQuality).
			WithHint("keep the file, and compare its digest, %s", r.File.SHA256)
	}
	for _, t := range r.Tenants {
		if !reach.Holds(t.Tenant) {
			return nil, tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", t.Tenant)
		}
	}
	m.Order.AsOf = r.Position
	if len(m.Order.Tenants) == 0 { // whoever it was then
		m.Order.AllTenants, m.Order.Filter = true, nil
		m.Reach = control.Reach{Tenants: map[string]struct{}{}}
		for _, t := range r.Tenants {
			m.Reach.Tenants[t.Tenant] = struct{}{}
		}
	}
	made, err := s.Make(ctx, m, w)
	if err != nil {
		return nil, err
	}
	now := made.Receipt
	now.Order = r.Order
	v := &Verdict{SameTables: now.TablesSHA256 == r.TablesSHA256, SameFile: now.File.SHA256 == r.File.SHA256 && now.File.Size == r.File.Size, Causes: []string{}, Receipt: now}
	if !v.SameTables || !v.SameFile {
		v.Causes = r.causes(now)
	}
	return v, nil
}

// ingestQuality is the report whose numbers are not in the journal.
const ingestQuality = "ingest-quality"

// causes says what has changed between two receipts of one order that their files depend on.
func (r *Receipt) causes(now *Receipt) []string {
	var list []string
	changed := func(what, then, now string) {
		if then != now {
			list = append(list, fmt.Sprintf("%s: it was %s, and is %s", what, then, now))
		}
	}
	definition := func(r *Receipt) string {
		return fmt.Sprintf("version %d (SHA-256 %.12s…)", r.Report.Version, r.Report.Definition)
	}
	changed("the definition of "+r.Report.Name, definition(r), definition(now))
	changed("the program", r.Versions.Program+", commit "+r.Versions.Commit, now.Versions.Program+", commit "+now.Versions.Commit)
	changed("the engine", r.Versions.Engine, now.Versions.Engine)
	changed("the time zone database", r.Versions.TZData, now.Versions.TZData)
	changed("the compiler", r.Versions.Go, now.Versions.Go)
	if !slices.Equal(r.Tenants, now.Tenants) {
		list = append(list, "the tenants or their periods are other ones")
	}
	if r.Events != now.Events {
		list = append(list, fmt.Sprintf("the events: there were %d of these tenants in the period at position %s, and there are %d", r.Events, r.Position, now.Events))
	}
	if list == nil {
		list = append(list, "nothing that a file depends on: the receipt was changed, or the journal or the event store is not what it was; `tallystick verify` and `tallystick rebuild` tell")
	}
	return list
}
