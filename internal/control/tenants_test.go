package control_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// TestTree moves tenants about and compares with a map: no tenant comes to stand below itself, and reach is what a walk finds.
func TestTree(t *testing.T) {
	onEach(t, func(p *place) {
		round := 0
		rapid.Check(p.TB, func(t *rapid.T) {
			if round++; round > 30 {
				return // each takes writes to a disk
			}
			prefix := fmt.Sprint(round, "-")
			names := []string{"a", "b", "c", "d", "e"}
			parents := map[string]string{}
			under := func(id, above string) bool {
				for id != "" && id != above {
					id = parents[id]
				}
				return id == above
			}
			for range rapid.IntRange(1, 12).Draw(t, "moves") {
				id := rapid.SampledFrom(names).Draw(t, "id")
				parent := rapid.SampledFrom(append(names, "")).Draw(t, "parent")
				cycle := parent != "" && under(parent, id)
				full := parent
				if parent != "" {
					full = prefix + parent
				}
				err := p.PutTenant(p.Context(), control.System("test"), control.Tenant{ID: prefix + id, Parent: full})
				if cycle != (tallystick.CodeOf(err) == tallystick.Invalid) || !cycle && err != nil {
					t.Fatalf("%s below %s: %v with %v", id, parent, err, parents)
				}
				if !cycle {
					parents[id] = parent
				}
			}
			for _, id := range names {
				reach, err := p.ReachOf(p.Context(), prefix+id)
				if err != nil {
					t.Fatal(err)
				}
				var want []string
				for _, other := range slices.Sorted(maps.Keys(parents)) {
					if under(other, id) && other != id {
						want = append(want, prefix+other)
					}
				}
				want = append(want, prefix+id)
				slices.Sort(want)
				if got := reach.List(); !slices.Equal(got, want) || reach.All {
					t.Fatalf("reach of %s is %v, want %v", id, got, want)
				}
			}
		})
	})
}

func TestTenants(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.tree([2]string{"a", "top"}, [2]string{"a1", "a"}, [2]string{"a2", "a"}, [2]string{"b", ""})
		role := p.role("Mover", "a", nil, permission{control.Tenants, control.Edit}, permission{control.ExportReports, control.Add})
		admin := p.member("m@a.example", "a", role)
		put := func(a control.Actor, id, parent string) error {
			return p.PutTenant(ctx, a, control.Tenant{ID: id, Parent: parent})
		}
		for _, test := range []struct {
			name string
			err  error
			want tallystick.Code
		}{
			{"moved inside of the reach", put(admin, "a1", "a2"), ""},
			{"one that is not there", put(admin, "new", "a"), tallystick.NotFound},
			{"another's", put(admin, "b", "a"), tallystick.NotFound},
			{"below another's", put(admin, "a1", "b"), tallystick.NotFound},
			{"out to the provider", put(admin, "a1", ""), tallystick.NotFound},
			{"one's own", put(admin, "a", "a1"), tallystick.NotFound},
			{"a cycle", put(root, "a", "a1"), tallystick.Invalid},
			{"itself", put(root, "b", "b"), tallystick.Invalid},
			{"no id", put(root, "", "b"), tallystick.Invalid},
			{"bytes that are no text", put(root, "\xff", ""), tallystick.Invalid},
			{"removed by a tenant", p.RemoveTenant(ctx, admin, "a1"), tallystick.Denied},
			{"removed with some below", p.RemoveTenant(ctx, root, "a2"), tallystick.Conflict},
			{"removed with members", p.RemoveTenant(ctx, root, "a"), tallystick.Conflict},
			{"removed", p.RemoveTenant(ctx, root, "b"), ""},
		} {
			if got := tallystick.CodeOf(test.err); got != test.want {
				p.Errorf("%s: %v, want %q", test.name, test.err, test.want)
			}
		}
		list, err := p.Tenants(ctx, admin, control.Page{Limit: 2})
		p.is(err, "")
		if want := []control.Tenant{{ID: "a"}, {ID: "a1", Parent: "a2"}}; !slices.Equal(list.Items, want) || list.Next == "" {
			p.Errorf("%+v", list)
		}
		list, err = p.Tenants(ctx, admin, control.Page{After: list.Next, Limit: 2})
		p.is(err, "")
		if want := []control.Tenant{{ID: "a2", Parent: "a"}}; !slices.Equal(list.Items, want) || list.Next != "" {
			p.Errorf("%+v", list)
		}
		if !root.Reach.Holds("never seen") || !root.Reach.Holds("") || admin.Reach.Holds("") || (control.Reach{}).Holds("") {
			p.Error("the provider reaches everything, a tenant not the provider")
		}
		_, err = p.Tenants(ctx, root, control.Page{After: "!"})
		p.is(err, tallystick.Invalid)
		_, err = p.Tenants(ctx, root, control.Page{Limit: 501})
		p.is(err, tallystick.Invalid)
	})
}
