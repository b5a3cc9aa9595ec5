package control_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// What a schedule has told is kept as what it is: periods that touch or overlap are one, what is between others is not told, and it goes in time, and with the schedule.
func TestTold(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("Hourly", hourly()))
		at := func(tenant string, from, before int64) control.Told {
			return control.Told{Tenant: tenant, From: tallystick.Instant(from), Before: tallystick.Instant(before)}
		}
		const long = int64(2 * 366 * tallystick.Day)
		for i, test := range []struct {
			told []control.Told
			want string
		}{
			{[]control.Told{at("a", 10, 20), at("b", 0, 5)}, "a 10-20, b 0-5"},
			{[]control.Told{at("a", 20, 30), at("b", 6, 9)}, "a 10-30, b 0-5, b 6-9"},
			{[]control.Told{at("a", 12, 28)}, "a 10-30, b 0-5, b 6-9"},
			{[]control.Told{at("a", 50, 60), at("a", 40, 40)}, "a 10-30, a 50-60, b 0-5, b 6-9"},
			{[]control.Told{at("a", 5, 55), at("b", 4, 7)}, "a 5-60, b 0-9"},
			{[]control.Told{at("a", long+50, long+60)}, fmt.Sprintf("a 5-60, a %d-%d", long+50, long+60)}, // what was told two years before is forgotten
			{[]control.Told{at("b", long+60, long+61)}, fmt.Sprintf("a %d-%d, b %d-%d", long+50, long+60, long+60, long+61)},
		} {
			p.wait(tallystick.Hour)
			if i == 0 {
				p.wait(5 * tallystick.Minute)
			}
			p.plan()
			r := p.claim()
			p.is(p.FinishRun(p.Context(), r, control.Result{File: control.RunFile{Name: "a.csv"}, Position: "9-9", Told: test.told}, nil), "")
			told, err := p.Told(p.Context(), k.ID)
			p.is(err, "")
			var list []string
			for _, tenant := range []string{"a", "b"} {
				for _, one := range told[tenant] {
					list = append(list, fmt.Sprintf("%s %d-%d", one.Tenant, int64(one.From), int64(one.Before)))
				}
			}
			if got := strings.Join(list, ", "); got != test.want {
				p.Errorf("run %d leaves %s, want %s", i, got, test.want)
			}
		}
		p.is(p.RemoveSchedule(p.Context(), who, k.ID), "")
		if told, err := p.Told(p.Context(), k.ID); err != nil || len(told) != 0 {
			p.Errorf("of a schedule that is gone there is %v, %v", told, err)
		}
	})
}
