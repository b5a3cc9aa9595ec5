package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// content says what a route answers: for each media type a value of the type that its JSON is of, nil for a file. It is for the description of the API only.
type content map[string]any

// raw registers a route whose handler writes the answer itself, because it streams it, or chooses among formats. The route is made by [handle] all the same, and
// described like every other. A query parameter that it does not know is refused: a filter that is spelt wrong and passed over would give a wrong number.
func raw[In any](api huma.API, r route, status int, answers content, fn func(http.ResponseWriter, *http.Request, *In)) {
	handle(api, r, func(_ context.Context, in *In) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			req, w := humago.Unwrap(hc)
			fn(w, req.WithContext(hc.Context()), in)
		}}, nil
	})
	item := api.OpenAPI().Paths[r.path]
	op := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodDelete: item.Delete}[r.method]
	op.RejectUnknownQueryParameters = true
	answer := &huma.Response{Description: http.StatusText(status)}
	for mediaType, value := range answers {
		if answer.Content == nil {
			answer.Content = map[string]*huma.MediaType{}
		}
		schema := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		if value != nil {
			schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(value), true, "")
		}
		answer.Content[mediaType] = &huma.MediaType{Schema: schema}
	}
	for code := range op.Responses {
		if code[0] == '2' {
			delete(op.Responses, code)
		}
	}
	op.Responses[strconv.Itoa(status)] = answer
}

// writeJSON answers with a value as JSON.
func writeJSON(w http.ResponseWriter, value any) {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // the values of the API can be written
	}
	write(w, http.StatusOK, "application/json", append(b, '\n'))
}
