package api

import (
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// What the library finds wrong is said in a sentence with the value, as all else is.
func TestMistakesAreSentences(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	const rooms = "/api/v1/reports/room-usage/tables/rooms"
	for _, test := range []struct {
		method, path, contentType, body string
		status                          int
		detail, at                      string
	}{
		{"GET", "/api/v1/keys?page=2", "", "", 400, `there is no parameter "page"`, "query.page"},
		{"GET", "/api/v1/keys?limit=0", "", "", 400, "limit is 0, and must be 1 or more", "query.limit"},
		{"GET", "/api/v1/keys?limit=501", "", "", 400, "limit is 501, and must be 500 or less", "query.limit"},
		{"GET", "/api/v1/keys?limit=x", "", "", 400, `limit is "x", and must be a whole number`, "query.limit"},
		{"GET", rooms + "?all_tenants=maybe", "", "", 400, `all_tenants is "maybe", and must be true or false`, "query.all_tenants"},
		{"GET", rooms + "?all_tenants=true&period=last-5-days", "", "", 400, `there is no period "last-5-days"`, "period"},
		{"GET", rooms + "/rows/x/columns/1/events?all_tenants=true", "", "", 400, `row is "x", and must be a whole number`, "path.row"},
		{"GET", "/api/v1/members?status=x", "", "", 400, `status is "x", and must be one of invited, active, disabled`, "query.status"},
		{"POST", "/api/v1/keys", "", "{", 400, "the body is no JSON: it ends in the middle", "body"},
		{"POST", "/api/v1/keys", "", "{]", 400, "the body is no JSON: invalid character ']' looking for beginning of object key string", "body"},
		{"POST", "/api/v1/keys", "", "", 400, "the body is missing", "body"},
		{"POST", "/api/v1/keys", "", "[]", 400, "the body must be a JSON object", "body"},
		{"POST", "/api/v1/keys", "", `{"nam":"k","scopes":["ingest"]}`, 400, `the property name is missing; there is no property "nam"`, "body"},
		{"POST", "/api/v1/keys", "", `{"name":1,"scopes":["ingest"]}`, 400, "name is 1, and must be a text", "body.name"},
		{"POST", "/api/v1/keys", "", `{"name":"k","scopes":"ingest"}`, 400, `scopes is "ingest", and must be a list`, "body.scopes"},
		{"POST", "/api/v1/keys", "", `{"name":"k","scopes":["ingest"],"expires":"soon"}`, 400, `expires is "soon", and must be a time in RFC 3339, such as 2025-03-31T06:30:00Z`, "body.expires"},
		{"POST", "/api/v1/keys", "application/x-www-form-urlencoded", "name=k", 415, `the Content-Type "application/x-www-form-urlencoded" is not read here`, ""},
		{"POST", "/api/v1/session", "", `{"email":"x@example.com","password":7}`, 400, "password must be a text", "body.password"},
	} {
		var more []string
		if test.contentType != "" {
			more = []string{"Content-Type", test.contentType}
		}
		var p Problem
		s.do(test.method, test.path, cookie, test.body, more...).is(t, test.status, &p)
		if p.Detail != test.detail || p.Path != test.at || p.Hint == "" {
			t.Errorf("%s %s %s: %+v", test.method, test.path, test.body, p)
		}
	}
}
