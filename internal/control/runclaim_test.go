package control_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// TestTenantsTakeTurns has one tenant ask for many exports before anything of others is due.
func TestTenantsTakeTurns(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"other", ""})
		greedy := p.member("a@acme.example", "acme", control.TenantAdministrator)
		modest := p.member("b@other.example", "other", control.TenantAdministrator)
		root := p.owner()
		add := func(who control.Actor, name string) {
			_, err := p.AddExport(p.Context(), who, name, "", job(who.Tenant))
			p.is(err, "")
			p.wait(1)
		}
		for i := range 30 {
			add(greedy, fmt.Sprint("greedy ", i))
		}
		mine := scheduled("greedy's schedule", hourly())
		mine.Job.Tenants, mine.Job.AllTenants = []string{"acme"}, false
		p.schedule(greedy, mine)
		p.schedule(root, scheduled("root's schedule", hourly()))
		p.wait(tallystick.Hour + 5*tallystick.Minute)
		p.plan()
		for i := range 3 {
			add(modest, fmt.Sprint("modest ", i))
		}
		claim := func(n int) (names []string) {
			runs, err := p.ClaimRuns(p.Context(), "w", n)
			p.is(err, "")
			for _, r := range runs {
				names = append(names, r.Name)
			}
			return names
		}
		if got := claim(2); !slices.Equal(got, []string{"greedy 0", "greedy's schedule"}) && !slices.Equal(got, []string{"greedy 0", "root's schedule"}) {
			p.Errorf("first are %v", got)
		}
		got := claim(2) // of the other schedule, and the other tenant
		if len(got) != 2 || got[1] != "modest 0" || got[0] != "greedy's schedule" && got[0] != "root's schedule" {
			p.Errorf("then are %v", got)
		}
		// Each has one running by now: they go on in turns, and where nobody else waits, the rest is greedy's.
		if got := claim(4); !slices.Equal(got, []string{"greedy 1", "modest 1", "greedy 2", "modest 2"}) {
			p.Errorf("in turns are %v", got)
		}
		if got := claim(100); len(got) != 27 || got[26] != "greedy 29" {
			p.Errorf("the rest is %v", got)
		}
	})
}
