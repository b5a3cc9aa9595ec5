package control_test

import (
	"encoding/json"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// TestListsAreLean has the receipt and the summary of a run where one run is asked for, and not in lists, which still tell how many events came late.
func TestListsAreLean(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("Hourly", hourly()))
		_, err := p.RunNow(p.Context(), who, k.ID, 0)
		p.is(err, "")
		r := p.claim()
		made := control.Result{
			File: control.RunFile{Name: "a.csv"}, Receipt: json.RawMessage(`{"receipt":1}`), Summary: json.RawMessage(`{"late_events":7}`), Late: 7, Tenants: []string{},
		}
		p.is(p.FinishRun(p.Context(), r, made, nil), "")
		one, err := p.Run(p.Context(), who, r.ID)
		p.is(err, "")
		if string(one.Receipt) != string(made.Receipt) || string(one.Summary) != string(made.Summary) || one.LateEvents != 7 {
			p.Errorf("it is %+v", one)
		}
		runs, err := p.Runs(p.Context(), who, k.ID, control.Page{})
		p.is(err, "")
		archive, err := p.Archive(p.Context(), who, control.RunFilter{}, control.Page{})
		p.is(err, "")
		for _, list := range []control.List[control.Run]{runs, archive} {
			if len(list.Items) != 1 || list.Items[0].Receipt != nil || list.Items[0].Summary != nil || list.Items[0].LateEvents != 7 || list.Items[0].File == nil {
				p.Errorf("the list has %+v", list.Items)
			}
		}
	})
}
