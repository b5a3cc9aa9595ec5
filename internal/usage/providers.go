package usage

import (
	"context"

	"github.com/tallystick/tallystick/internal/control"
)

// Providers returns the tenants in somebody's reach that the tree holds, with who is above each.
func Providers(ctx context.Context, store *control.Store, actor control.Actor) (above map[string]string, err error) {
	above = map[string]string{}
	for p := (control.Page{Limit: control.MaxLimit}); ; {
		l, err := store.Tenants(ctx, actor, p)
		if err != nil {
			return nil, err
		}
		for _, t := range l.Items {
			above[t.ID] = t.Parent
		}
		if p.After = l.Next; l.Next == "" {
			return above, nil
		}
	}
}
