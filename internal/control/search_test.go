package control_test

import (
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// TestSearchByName looks for names whose letters are not those of English.
func TestSearchByName(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("Übersicht", hourly()))
		p.export("ΑΘΗΝΑ 100%", job())
		name := "Čapek"
		_, err := p.EditMember(p.Context(), who, who.ID, control.MemberEdit{Name: &name})
		p.is(err, "")
		for text, want := range map[string][3]int{
			"Übersicht": {1, 0, 0}, "übersicht": {1, 0, 0}, "ÜBER": {1, 0, 0}, "αθηνα": {0, 1, 0}, "Αθηνα 100%": {0, 1, 0}, "čAPEK": {0, 0, 1}, "Ç": {0, 0, 0}, "": {1, 1, 1},
		} {
			schedules, err := p.Schedules(p.Context(), who, control.ScheduleFilter{Search: text}, control.Page{})
			p.is(err, "")
			exports, err := p.Exports(p.Context(), who, control.RunFilter{Search: text}, control.Page{})
			p.is(err, "")
			members, err := p.Members(p.Context(), who, control.MemberFilter{Search: text}, control.Page{})
			p.is(err, "")
			if got := [3]int{len(schedules.Items), len(exports.Items), len(members.Items)}; got != want {
				p.Errorf("%q finds %d schedules, exports and members, want %d", text, got, want)
			}
		}
		// What it is called by now.
		k.Name = "ÉTÉ"
		_, err = p.EditSchedule(p.Context(), who, k)
		p.is(err, "")
		for text, want := range map[string]int{"été": 1, "über": 0} {
			if l, err := p.Schedules(p.Context(), who, control.ScheduleFilter{Search: text}, control.Page{}); err != nil || len(l.Items) != want {
				p.Errorf("after an edit %q finds %d: %v", text, len(l.Items), err)
			}
		}
	})
}
