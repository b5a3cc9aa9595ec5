package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
	"github.com/tallystick/tallystick/reports"
)

// bodies are what the walk sends to the routes that take a body. A route that is not here is sent nothing.
var bodies = map[string]string{
	"sign-in":         `{"email":"nobody@example.com","password":"wrong"}`,
	"look-at-link":    `{"token":"nothing"}`,
	"use-link":        `{"token":"nothing","password":"correct horse battery"}`,
	"forgot-password": `{"email":"nobody@example.com"}`,
	"add-member":      `{"email":"new@example.com","name":"New","tenant":"acme","roles":["tenant-viewer"]}`,
	"edit-member":     `{"name":"Other"}`,
	"add-role":        `{"name":"New","permissions":[{"entity":"CHANNELS","action":"VIEW"}],"tenant":"acme"}`,
	"edit-role":       `{"name":"Other","permissions":[{"entity":"CHANNELS","action":"VIEW"}]}`,
	"clone-role":      `{"name":"Clone","tenant":"acme"}`,
	"add-key":         `{"name":"New","tenant":"acme","scopes":["ingest"]}`,
	"put-tenant":      `{"provider":"group"}`,
	"edit-tenant":     `{"company_name":"Other"}`,
	"set-setting":     `{"value":"Europe/Berlin"}`,

	"add-export":       `{"name":"New","report":"room-usage","tenants":["acme"],"period":"last-month"}`,
	"add-schedule":     `{"name":"New","report":"room-usage","tenants":["acme"],"recurrence":{"grain":"day","hour":6,"minute":30,"zone":"UTC"}}`,
	"preview-schedule": `{"name":"New","report":"room-usage","tenants":["acme"],"recurrence":{"grain":"day","hour":6,"minute":30,"zone":"UTC"}}`,
	"edit-schedule":    `{"name":"Other","report":"room-usage","tenants":["acme"],"recurrence":{"grain":"day","hour":6,"minute":30,"zone":"UTC"},"version":1}`,
	"enable-schedule":  `{"report_pause":true}`,
	"test-mail":        `{"to":"somebody@example.com"}`,

	"rename-myself":   `{"name":"Other"}`,
	"change-password": `{"old":"wrong","password":"another battery horse"}`,
}

// walked is a route with what the walk knows about it.
type walked struct {
	*huma.Operation
	needs
	path string // with the ids of tenant acme in their places
	id   string // of the thing that it is about; empty: of no thing that has one
	body string

	names *strings.Replacer // of [walked.absent]
}

// makers are the routes that make something of acme without an id in their path.
var makers = []string{"add-member", "add-role", "clone-role", "add-key", "add-export", "add-schedule", "preview-schedule"}

// about reports whether the route is about one thing, or makes one, of acme.
func (w *walked) about() bool {
	return strings.HasSuffix(w.path, "?tenant=acme") || strings.Contains(w.Path, "{id}") && !strings.HasPrefix(w.Path, "/api/v1/sessions") || slices.Contains(makers, w.OperationID)
}

// absent is the route about a thing that there is not, of a tenant that there is not.
func (w *walked) absent() walked {
	none, id := *w, "absent"
	if strings.Contains(w.Path, "/quarantine/") { // whose ids have a form
		id = strings.Repeat("0", len(w.id))
	}
	none.names = strings.NewReplacer("acme", "nowhere")
	if w.id != "" {
		none.names = strings.NewReplacer(w.id, id, "acme", "nowhere")
	}
	none.path, none.body = none.of(w.path), none.of(w.body)
	return none
}

// of returns a text about the thing as it would be about what there is not.
func (w *walked) of(text string) string { return w.names.Replace(text) }

// walk returns every route of the API. ids are those of acme's things by the second part of a path, such as "members".
func walk(t *testing.T, ids map[string]string) (list []walked) {
	api := (&Server{Reports: &Reports{}, Rejects: &Quarantine{}}).newAPI(http.NewServeMux())
	for path, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			n, ok := op.Metadata["needs"].(needs)
			if !ok || n == (needs{}) {
				t.Errorf("%s does not say what it needs", op.OperationID)
			}
			kind := strings.Split(path, "/")[3]
			real := strings.NewReplacer("{id}", ids[kind], "{name}", "time_zone", "{report}", "session-usage", "{table}", "summary", "{row}", "1",
				"{column}", "1", "{token}", "none", "{n}", "1").Replace(path)
			if strings.Contains(path, "{report}/") || strings.Contains(path, "/quarantine/{id}") {
				real += "?tenant=acme"
			}
			if strings.ContainsAny(real, "{}") || strings.Contains(path, "{id}") && ids[kind] == "" {
				t.Errorf("the walk has no id for %s", path)
			}
			w := walked{Operation: op, needs: n, path: real, body: bodies[op.OperationID]}
			if strings.Contains(path, "{id}") {
				w.id = ids[kind]
			}
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b walked) int { return strings.Compare(a.OperationID, b.OperationID) })
	if len(list) < 30 {
		t.Fatalf("only %d routes", len(list))
	}
	return list
}

// everything is a role's permissions, of all that a tenant's member can have.
func everything() (p []control.Permission) {
	for _, e := range control.Entities {
		if e != control.Settings && e != control.Tenants {
			p = append(p, control.Permission{Entity: e, Action: control.All})
		}
	}
	return append(p, control.Permission{Entity: control.Tenants, Action: control.View}, control.Permission{Entity: control.Tenants, Action: control.Edit})
}

// newWholeSite is a site with every part that a server has.
func newWholeSite(t *testing.T) *site {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	return newSite(t, func(s *site) {
		s.Files = runFiles(t.TempDir())
		s.Mailbox = mailboxIn(t)
		s.Rejects = &Quarantine{Store: s.quarantine, Now: s.Now, Logger: s.Logger}
		s.Reports = &Reports{Now: s.Now, Logger: s.Logger, Source: usage.Source{
			Catalog: func() *report.Catalog { return catalog }, Lookup: s.lookup,
			Ask: func(_ context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
				return s.Events.Ask(func(engine tallystick.Answerer) error { return fn(engine, s.Events.Applied()) })
			},
		}}
	})
}

// Every route is asked by those who must not get anything from it, and by some who may. The tree is group > acme > acme-west, and other beside them.
func TestEveryRouteAsksWhoCalls(t *testing.T) {
	s := newWholeSite(t)
	system := control.System("test")
	for _, place := range []control.Tenant{{ID: "group"}, {ID: "acme", Parent: "group"}, {ID: "acme-west", Parent: "acme"}, {ID: "other"}} {
		if err := s.Control.PutTenant(t.Context(), system, place); err != nil {
			t.Fatal(err)
		}
	}
	full := map[string]string{}
	for _, tenant := range []string{"group", "acme", "acme-west", "other"} {
		full[tenant] = s.role(tenant, everything()...)
	}
	_, all := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	for tenant := range full {
		s.tell(all, s.tenantUpserted(tenant, `{}`))
	}
	victim, victimCookie := s.member("acme", full["acme"])
	victimKey, _ := s.key("acme", 0, control.ScopeIngest)
	ids := map[string]string{"members": victim.ID, "roles": full["acme"], "keys": victimKey.ID, "tenants": "acme", "sessions": "nothing"}
	ids["exports"] = s.exported(victimCookie, "of acme", roomJob("acme")).ID
	schedule, run, delivery := s.scheduled(victimCookie, "of acme", "acme")
	ids["schedules"], ids["runs"], ids["deliveries"] = schedule.ID, run.ID, delivery.ID
	entry := quarantine.Entry{Received: s.Control.Now(), Source: "test:1", Code: tallystick.Invalid, Reason: "not valid JSON", Raw: []byte("of acme")}
	entries := []quarantine.Entry{entry}
	if _, err := s.quarantine.Keep(t.Context(), "acme", entries); err != nil {
		t.Fatal(err)
	}
	ids["quarantine"] = fmt.Sprintf("%x", sha256.Sum256(entry.Raw))
	ids["mailbox"] = s.keepMail(t, 1)
	list := walk(t, ids)
	if t.Failed() {
		return
	}

	poor, poorCookie := s.member("acme", s.role("acme", control.Permission{Entity: control.Channels, Action: control.View}))
	disabled, disabledCookie := s.member("acme", full["acme"])
	if err := s.Control.DisableMember(t.Context(), system, disabled.ID); err != nil {
		t.Fatal(err)
	}
	_, expired := s.key("acme", s.Control.Now()+tallystick.Hour, control.ScopeRead)
	_, reading := s.key("acme", 0, control.ScopeRead)
	_, elsewhere := s.key("other", 0, control.ScopeRead)
	s.wait(2 * tallystick.Hour)

	t.Run("nobody, and who is nobody any more", func(t *testing.T) {
		for _, route := range list {
			s.wait(2 * tallystick.Second) // all of them share what an address may ask
			for name, credentials := range map[string]string{"nobody": "", "an expired key": expired, "a disabled member": disabledCookie, "a made-up key": "tsk_00", "a made-up session": sessionCookie + "=00"} {
				g := s.do(route.Method, route.path, credentials, route.body)
				if !route.public && g.status != http.StatusUnauthorized || route.public && route.OperationID != "sign-in" && g.status == http.StatusUnauthorized {
					t.Errorf("%s as %s: %d %s", route.OperationID, name, g.status, g.body)
				}
			}
		}
	})
	s.wait(tallystick.Hour) // addresses may ask again
	t.Run("too little permission", func(t *testing.T) {
		refused := 0
		for _, route := range list {
			if route.public || route.entity == "" && !route.listing {
				continue
			}
			if g := s.do(route.Method, route.path, poorCookie, route.body); g.status != http.StatusForbidden {
				t.Errorf("%s: %d %s", route.OperationID, g.status, g.body)
			}
			refused++
			if g := s.do(route.Method, route.path, reading, route.body); route.entity != control.Reports && g.status != http.StatusForbidden {
				t.Errorf("%s with a key to read: %d %s", route.OperationID, g.status, g.body)
			}
		}
		l, err := s.Control.Audit(t.Context(), system, control.AuditFilter{ActorID: poor.ID, Action: "refused"}, control.Page{Limit: 500})
		if err != nil || len(l.Items) != refused {
			t.Errorf("%d refusals, and %d entries in the audit log, %v", refused, len(l.Items), err)
		}
	})
	s.wait(tallystick.Hour)
	t.Run("a key is no member", func(t *testing.T) {
		for _, route := range list {
			if g := s.do(route.Method, route.path, reading, route.body); route.membersOf && g.status != http.StatusForbidden {
				t.Errorf("%s: %d %s", route.OperationID, g.status, g.body)
			}
		}
	})
	for _, tenant := range []string{"other", "acme-west"} {
		s.wait(tallystick.Minute)
		t.Run("a member of "+tenant, func(t *testing.T) {
			_, cookie := s.member(tenant, full[tenant])
			for _, route := range list {
				if route.public || route.OperationID == "sign-out" {
					continue
				}
				for _, credentials := range []string{cookie, elsewhere} {
					g := s.do(route.Method, route.path, credentials, route.body)
					switch {
					case route.about() && g.status != http.StatusNotFound && g.status != http.StatusForbidden:
						t.Errorf("%s: %d %s", route.OperationID, g.status, g.body)
					case !route.about() && g.status < 300 && strings.Contains(strings.ReplaceAll(string(g.body), "acme-west", ""), "acme"):
						t.Errorf("%s tells of acme: %s", route.OperationID, g.body)
					case route.about() && credentials == cookie:
						// What is of another tenant answers like what there is not, whether by what there is not or by what may not be done.
						none := route.absent()
						absent := s.do(none.Method, none.path, credentials, none.body)
						if g.status != absent.status || none.of(string(g.body)) != string(absent.body) {
							t.Errorf("%s: of acme %d %s\nabsent %d %s", route.OperationID, g.status, g.body, absent.status, absent.body)
						}
					}
				}
			}
		})
	}
	t.Run("a member of the tenant above", func(t *testing.T) {
		_, cookie := s.member("group", full["group"])
		slices.SortStableFunc(list, func(a, b walked) int { return len(a.Method) - len(b.Method) }) // GET first, DELETE last
		for _, route := range list {
			if route.public || !route.about() || route.entity == control.Settings {
				continue
			}
			g := s.do(route.Method, route.path, cookie, route.body)
			provider := route.OperationID == "remove-tenant" // nobody else may
			if provider != (g.status == http.StatusForbidden) || !provider && g.status >= 300 && g.status != http.StatusConflict {
				t.Errorf("%s: %d %s", route.OperationID, g.status, g.body)
			}
		}
	})
}

func TestDescriptionInTheDocsIsOfThisProgram(t *testing.T) {
	b, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(Description()) {
		t.Error("docs/openapi.json is of another program: run `go generate ./internal/api`, and read the diff")
	}
}

func TestDescriptionIsWhole(t *testing.T) {
	var d struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Description string
			Responses   map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(Description(), &d); err != nil {
		t.Fatal(err)
	}
	if d.OpenAPI != "3.1.0" {
		t.Errorf("it is of version %s", d.OpenAPI)
	}
	for path, methods := range d.Paths {
		if strings.Contains(path, "token") && path != "/api/v1/files/{token}" { // which is for people who just click on it, and ends by itself
			t.Errorf("%s holds a secret, and proxies write it down", path)
		}
		for method, op := range methods {
			if op.OperationID == "" || op.Description == "" || op.Responses["default"].Content["application/problem+json"] == nil {
				t.Errorf("%s %s: %+v", method, path, op)
			}
		}
	}
}
