package api

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

var posted = regexp.MustCompile(`curl "\$URL(/api/v1/[^"]+)" [^\n]*(?:\n[^\n]*?)?-d '([^']*)'`)

// What the docs of exports and schedules send is taken, and what they show is answered.
func TestExamplesOfTheDocs(t *testing.T) {
	s := newWholeSite(t)
	s.clock.Store(int64(at(t, "2025-03-29T12:00:00Z")))
	_, cookie := s.member("acme", control.TenantAdministrator)
	sent := 0
	for _, name := range []string{"exports", "schedules"} {
		text, err := os.ReadFile("../../docs/" + name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range posted.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "/api/v1/session" {
				continue
			}
			g := s.do("POST", m[1], cookie, m[2])
			if g.status >= 300 {
				t.Errorf("%s.md, %s: %d %s", name, m[1], g.status, g.body)
			}
			sent++
		}
	}
	if sent != 3 {
		t.Errorf("%d examples were found", sent)
	}
	docs, err := os.ReadFile("../../docs/schedules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(docs), "```json\n")
	shown, _, _ := strings.Cut(rest, ",…]}")
	var want, got SchedulePreview
	g := s.do("POST", "/api/v1/schedules/preview", cookie, posted.FindStringSubmatch(string(docs))[2]).is(t, 200, &got)
	if err := json.Unmarshal([]byte(shown+"]}"), &want); err != nil || got.Words != want.Words || got.PeriodZone != want.PeriodZone || got.Runs[0] != want.Runs[0] {
		t.Errorf("docs/schedules.md shows\n%s, %v\nand the answer is\n%s", shown, err, g.body)
	}
	docs, err = os.ReadFile("../../docs/exports.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ = strings.Cut(string(docs), "```json\n")
	problem, _, _ := strings.Cut(rest, "\n")
	g = s.do("POST", "/api/v1/exports", cookie, `{"name":"x","report":"room-usage","tenants":["acme"],"period":"last-month","options":{"colour":"red"}}`).is(t, 404, nil)
	if strings.TrimSpace(string(g.body)) != problem {
		t.Errorf("docs/exports.md shows\n%s\nand the answer is\n%s", problem, g.body)
	}
}
