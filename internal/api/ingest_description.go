package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/ingest"
)

// IngestAnswer is what became of the events of a request.
type IngestAnswer struct {
	Accepted  int            `json:"accepted"`
	Duplicate int            `json:"duplicate"`
	Rejected  int            `json:"rejected"`
	Results   []IngestResult `json:"results" nullable:"false" doc:"one for each event, in their order"`
}

// IngestResult is what became of an event.
type IngestResult struct {
	Index       int    `json:"index"`
	Status      string `json:"status" enum:"accepted,duplicate,rejected"`
	Position    string `json:"position,omitempty" doc:"of an accepted event in the journal"`
	Conflicting bool   `json:"conflicting,omitempty" doc:"of a duplicate: it says something else than what was accepted"`
	Reason      string `json:"reason,omitempty" doc:"of a rejected event"`
	Path        string `json:"path,omitempty" doc:"of a rejected event: JSON path of what is wrong"`
	Kept        bool   `json:"kept,omitempty" doc:"of a rejected event: it is in quarantine"`
}

// describeIngest describes the route for events, which the library doesn't serve: a body is read there while it comes.
func describeIngest(api huma.API) {
	schemas := api.OpenAPI().Components.Schemas
	answer := schemas.Schema(reflect.TypeFor[IngestAnswer](), true, "")
	problem := schemas.Schema(reflect.TypeFor[Problem](), true, "")
	body := map[string]*huma.MediaType{}
	for _, t := range ingest.ContentTypes {
		body[t.Name] = &huma.MediaType{}
	}
	n := needs{scope: control.ScopeIngest}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPost, Path: eventsPath, OperationID: "send-events", Summary: "Hand over events", Tags: []string{"Events"},
		Description: n.String() + " Events are CloudEvents 1.0, also in the binary mode; docs/events.md says what they may say. The body may be compressed with gzip or zstd. " +
			"Each event is answered on its own once it is on disk; a problem that names a body broken half-way has the same members for the events before.",
		Security: []map[string][]string{{"key": {}}}, Metadata: map[string]any{"needs": n},
		RequestBody: &huma.RequestBody{Required: true, Content: body},
		Responses: map[string]*huma.Response{
			"200":     {Description: "What became of each event", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}}},
			"default": {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}},
		},
	})
}
