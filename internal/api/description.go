package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// newAPI registers every route of the API.
func (s *Server) newAPI(mux *http.ServeMux) huma.API {
	ownErrors()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Tallystick", Version: "1", // of the API, not of the program, which may be newer and speak the same
				Description: "Usage reports for chat, bot, messaging and contact-centre platforms. Errors are problem details (RFC 9457). " +
					"Lists come in pages: ask again with `after` of what `next` says, until there is no `next`.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: sessionCookie},
					"key":     {Type: "http", Scheme: "bearer", BearerFormat: "tsk_…"},
				},
			},
		},
		Formats: map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}, DefaultFormat: "application/json",
		RejectUnknownQueryParameters: true,
	}
	api := humago.New(mux, config)
	api.UseMiddleware(s.authorised, s.repeated)
	for _, register := range s.groups() {
		register(api)
	}
	describeIngest(api)
	describeNulls(api.OpenAPI().Components.Schemas)
	var description []byte
	render := sync.OnceFunc(func() { description = describeAPI(api) })
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		render()
		write(w, http.StatusOK, "application/json", description)
	})
	return api
}

//go:generate sh -c "go run ../../cmd/tallystick openapi > ../../docs/openapi.json"

// Description returns the OpenAPI description of the API.
func Description() []byte {
	return describeAPI((&Server{Reports: &Reports{}, Rejects: &Quarantine{}}).newAPI(http.NewServeMux()))
}

func describeAPI(api huma.API) []byte {
	b, err := json.MarshalIndent(api.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // it is made of texts
	}
	return append(b, '\n')
}

// ownErrors makes the library answer with our problems, also where it finds the mistake itself. What it offers for that is a variable of its package.
var ownErrors = sync.OnceFunc(func() {
	ownMessages()
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		contentType := ""
		if ctx != nil {
			contentType = ctx.Header("Content-Type")
		}
		p := libraryProblem(contentType, status, message, errs)
		return &p
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return huma.NewErrorWithContext(nil, status, message, errs...)
	}
})

// libraryProblem is the problem of what the library has found wrong with a request.
func libraryProblem(contentType string, status int, message string, errs []error) Problem {
	if status == 0 || status >= 500 && status != http.StatusServiceUnavailable {
		return ProblemOf(tallystick.Errorf(tallystick.Internal, "%s", message))
	}
	e := mistakes(contentType, status, message, errs)
	if status == http.StatusRequestEntityTooLarge {
		limit := int64(maxBody)
		fmt.Sscanf(message, "request body is too large limit=%d", &limit) // as the library says it
		e = tallystick.Errorf(tallystick.TooLarge, "the body has more than %d bytes", limit)
	}
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest // as all other mistakes of the kind Invalid
	}
	return ProblemOf(WithStatus(status, e))
}

// problemAnswer is a problem as the library writes it, with what belongs into its headers.
type problemAnswer struct {
	*Problem
	header http.Header
}

// answerOf turns the error of a route into its answer, and logs what is the server's fault.
func answerOf(ctx context.Context, err error) error {
	const clientGone = 499 // nobody reads it, but the log does
	switch {
	case control.RetryAfter(err) > 0:
		err = WithStatus(http.StatusTooManyRequests, err)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		err = WithStatus(clientGone, tallystick.Errorf(tallystick.Unavailable, "the client has gone away"))
	}
	p := logged(callOf(ctx).logger, err)
	return &problemAnswer{&p, retryHeader(err, p.Status)}
}

func (p *problemAnswer) GetHeaders() http.Header { return p.header }

// Error, GetStatus and ContentType are what the library asks of an error that is an answer.
func (p *Problem) Error() string             { return p.Detail }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// retryHeader says when to ask again, where that would help.
func retryHeader(err error, status int) http.Header {
	h := http.Header{}
	if wait := control.RetryAfter(err); wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((wait.Milliseconds()+999)/1000)))
	} else if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	return h
}
