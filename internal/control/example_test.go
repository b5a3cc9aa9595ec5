package control_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tallystick/tallystick/internal/control"
)

// The first start makes a Super Administrator, who invites somebody of a tenant.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "control")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, err := control.Open(ctx, control.Options{
		DSN: filepath.Join(dir, "control.db"),
		Now: func() time.Time { return time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	from := control.From{Address: "192.0.2.7"}
	link, _ := store.FirstLink(ctx)
	store.UseFirstLink(ctx, from, link, "ada@example.org", "Ada", "correct fowl bakery stamp")
	session, _ := store.SignIn(ctx, from, "ada@example.org", "correct fowl bakery stamp")
	ada, _ := store.SessionActor(ctx, session, from)

	bo, link, _ := store.AddMember(ctx, ada, control.Member{Email: "bo@acme.example", Name: "Bo", Tenant: "acme", Roles: []string{control.TenantViewer}})
	fmt.Println(bo.Status)
	store.UseLink(ctx, from, link, "a few words of my own")
	session, _ = store.SignIn(ctx, from, "bo@acme.example", "a few words of my own")
	viewer, _ := store.SessionActor(ctx, session, from)
	fmt.Println(viewer.Can(control.Reports, control.View), viewer.Reach.Holds("acme"), viewer.Reach.Holds("globex"))
	_, err = store.Member(ctx, viewer, ada.ID)
	fmt.Println(err)
	// Output:
	// invited
	// true true false
	// this needs the permission VIEW of MEMBERS; ask somebody who manages your roles
}
