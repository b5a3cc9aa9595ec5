package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
)

// remote is a server that is asked with a key.
type remote struct {
	address string // without a slash at its end
	key     string
	client  http.Client
	silence time.Duration // the longest, whatever it is doing

	patience io.Writer // is told for whom is waited, and why; nil: nobody is
}

// longestSilence is longer than a server takes for any report.
const longestSilence = 11 * time.Minute

// remote returns the server that the flags name, nil where they name none.
func (p *program) remote(f serverFlags) (*remote, error) {
	if f.Server == "" {
		return nil, nil
	}
	for _, v := range p.settings {
		if v.name == "data" && v.origin == "--data" {
			return nil, tallystick.Errorf(tallystick.Invalid, "--server %s and --data %s exclude each other", f.Server, v.text).WithHint("give one of them")
		}
	}
	u, err := url.Parse(f.Server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q is not the address of a server", f.Server).At("--server").WithHint("write one such as http://127.0.0.1:8080")
	}
	if f.Key == "" {
		return nil, tallystick.Errorf(tallystick.Invalid, "the key for the server is missing").WithHint("give --key or %s", variable("key"))
	}
	return &remote{address: strings.TrimRight(f.Server, "/"), key: f.Key, client: clientOfFiles(), silence: longestSilence, patience: p.stderr}, nil
}

// longestTrailers bounds the notes and the receipt behind a file, about 600 bytes of which are of each tenant: net/http takes trailers only as a whole, in the buffer that it reads a connection by.
const longestTrailers = 4 << 20

// clientOfFiles returns a client that takes long trailers.
func clientOfFiles() http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ReadBufferSize = longestTrailers
	return http.Client{Transport: t}
}

// How a server that is busy, or can't be reached, is asked again: after a pause that doubles from the first to the longest.
const (
	askTries   = 10
	firstPause = 200 * time.Millisecond
	longPause  = 10 * time.Second
)

// do makes a request until it is answered with a status of success, which it returns with the body open. Only what may be asked twice is asked by it.
func (r *remote) do(ctx context.Context, request func() (*http.Request, error)) (*http.Response, error) {
	pause := firstPause
	for try := 1; ; try++ {
		answer, after, err := r.once(ctx, request)
		if err == nil || after < 0 || try == askTries {
			return answer, err
		}
		if try == 2 && r.patience != nil { // one refusal is nothing to speak of
			fmt.Fprintf(r.patience, "%v; waiting, and asking again\n", err)
		}
		wait := max(min(after, longPause), pause/2+rand.N(pause/2)) // apart from others that were refused at the same time
		pause = min(2*pause, longPause)
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// once makes a request. After an error, after says how long to wait before another try at least, and is negative where one would not help.
func (r *remote) once(ctx context.Context, request func() (*http.Request, error)) (answer *http.Response, after time.Duration, err error) {
	q, err := request()
	if err != nil {
		return nil, -1, err
	}
	q.Header.Set("Authorization", "Bearer "+r.key)
	q.Header.Set(api.SpellingHeader, api.OnCommandLine)
	watched, watch := watching(ctx, r.silence)
	answer, err = r.client.Do(q.WithContext(watched))
	if err != nil {
		defer watch.end()
		switch {
		case ctx.Err() != nil:
			return nil, -1, context.Cause(ctx)
		case watched.Err() != nil:
			return nil, -1, tallystick.Errorf(tallystick.Unavailable, "the server %s does not answer: %w", r.address, context.Cause(watched)).WithHint("its log may say why")
		}
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return nil, 0, tallystick.Errorf(tallystick.Unavailable, "the server %s does not answer: %w", r.address, err).WithHint("see whether it runs, and whether --server is right")
	}
	watch.timer.Stop()
	answer.Body = &watchedBody{answer.Body, watched, watch}
	if answer.StatusCode < 300 {
		return answer, 0, nil
	}
	defer answer.Body.Close()
	return nil, retryAfter(answer), r.problem(answer)
}

// retryAfter is how long to wait, at least, until a server that has refused may be asked again; negative where that would not help.
func retryAfter(answer *http.Response) time.Duration {
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second
	}
	return -1
}

// watch is a look at the clock while a server is waited for.
type watch struct {
	timer   *time.Timer
	silence time.Duration
	cancel  context.CancelCauseFunc
}

// watching returns a context that ends when nothing has come for too long.
func watching(ctx context.Context, silence time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{silence: silence, cancel: cancel}
	w.timer = time.AfterFunc(w.silence, func() { cancel(fmt.Errorf("nothing has come for %v", w.silence)) })
	return ctx, w
}

func (w *watch) end() {
	w.timer.Stop()
	w.cancel(nil)
}

// watchedBody is the body of an answer that is given up when nothing comes, though somebody waits for it.
type watchedBody struct {
	io.ReadCloser
	ctx   context.Context // of the request, which ends with the body
	watch *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.watch.timer.Reset(b.watch.silence)
	n, err := b.ReadCloser.Read(p)
	b.watch.timer.Stop()
	if err != nil && err != io.EOF && b.ctx.Err() != nil {
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.watch.end()
	return b.ReadCloser.Close()
}

// isProblem reports whether an answer of no success is of a server, and not of who is before it.
func isProblem(answer *http.Response) bool {
	return strings.HasPrefix(answer.Header.Get("Content-Type"), "application/problem+json")
}

// problem turns an answer of no success into the error that it tells.
func (r *remote) problem(answer *http.Response) error {
	var p struct {
		api.Problem
		Errors []struct{ Message, Location string }
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if !isProblem(answer) || json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return tallystick.Errorf(codeOf(answer.StatusCode), "%s answers %s", r.address, answer.Status).WithHint("see whether --server is the address of a tallystick server")
	}
	for _, e := range p.Errors {
		p.Detail += "; " + e.Location + ": " + e.Message
	}
	if p.Code == "" {
		p.Code = codeOf(answer.StatusCode)
	}
	return &tallystick.Error{Code: p.Code, Message: p.Detail, Path: p.Path, Hint: p.Hint}
}

// codeOf is the code of a status without one.
func codeOf(status int) tallystick.Code {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return tallystick.Denied
	case status == http.StatusNotFound:
		return tallystick.NotFound
	case status >= 500 || status < 400 || status == http.StatusTooManyRequests:
		return tallystick.Unavailable
	}
	return tallystick.Invalid
}

// get asks for a page.
func (r *remote) get(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	return r.do(ctx, func() (*http.Request, error) {
		return http.NewRequest(http.MethodGet, r.address+path+"?"+query.Encode(), nil)
	})
}

// change makes a request that must not come twice, with a body of JSON where there is one, and reads the answer where somebody wants it.
func (r *remote) change(ctx context.Context, method, path string, query url.Values, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	answer, _, err := r.once(ctx, func() (*http.Request, error) {
		q, err := http.NewRequest(method, r.address+path+"?"+query.Encode(), bytes.NewReader(text))
		if err == nil && body != nil {
			q.Header.Set("Content-Type", "application/json")
		}
		return q, err
	})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return r.brokenOff(err)
	}
	return nil
}

// read asks for a page of JSON.
func (r *remote) read(ctx context.Context, path string, query url.Values, into any) error {
	answer, err := r.get(ctx, path, query)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return r.brokenOff(err)
	}
	return nil
}

// brokenOff is the error of an answer that does not come to its end.
func (r *remote) brokenOff(err error) error {
	return tallystick.Errorf(tallystick.Unavailable, "the answer of %s broke off: %w", r.address, err).WithHint("ask again; the server's log says why, where the server did it")
}

// definition returns a report's definition, which may be one of the server's own.
func (r *remote) definition(ctx context.Context, name string) (*tallystick.Report, error) {
	var d api.ReportDefinition
	if err := r.read(ctx, reportPath(name), nil, &d); err != nil {
		return nil, err
	}
	return d.Report(), nil
}

// reportPath is where a report is on a server.
func reportPath(name string, parts ...string) string {
	path := "/api/v1/reports/" + url.PathEscape(name)
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}

// copyTo writes a file of the server to w, and returns the notes about it, the position that it was made at, and its receipt. A server ends every file with its notes, so
// one without them has broken off; but a proxy may keep them back, and then the file is whole where its end is told by HTTP.
func (r *remote) copyTo(ctx context.Context, w io.Writer, path string, query url.Values) (notes []string, position, receipt string, err error) {
	answer, err := r.get(ctx, path, query)
	if err != nil {
		return nil, "", "", err
	}
	defer answer.Body.Close()
	if answer.ContentLength < 0 && answer.ProtoMajor == 1 && len(answer.TransferEncoding) == 0 {
		return nil, "", "", r.brokenOff(errors.New("its length is not told, so that a part would look whole"))
	}
	_, announced := answer.Trailer[api.NotesHeader]
	in := &body{r: answer.Body}
	if _, err := io.Copy(w, in); err != nil {
		if ctx.Err() != nil {
			return nil, "", "", context.Cause(ctx)
		}
		if in.err != nil {
			err = r.brokenOff(in.err)
		}
		return nil, "", "", err
	}
	text := answer.Trailer.Get(api.NotesHeader)
	switch {
	case text == "" && announced:
		return nil, "", "", r.brokenOff(errors.New("its notes are missing"))
	case text == "":
		notes = []string{"the server's notes did not come: a proxy before it leaves trailers out"}
	default:
		if err := json.Unmarshal([]byte(text), &notes); err != nil {
			return nil, "", "", fmt.Errorf("read the notes of the answer: %w", err)
		}
	}
	return notes, answer.Header.Get(api.PositionHeader), answer.Trailer.Get(api.ReceiptHeader), nil
}

// body is that of an answer. It remembers why it could not be read to its end.
type body struct {
	r   io.Reader
	err error
}

func (r *body) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}
