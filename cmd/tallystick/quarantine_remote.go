package main

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
)

// rejects are the rejected events that a server keeps, of one tenant.
type rejects struct {
	*remote
	tenant string // "" of the key's own
}

// rejects returns the rejected events of the server that the flags name, nil where they name none.
func (p *program) rejects(s serverFlags, q quarantineFlags) (*rejects, error) {
	server, err := p.remote(s)
	if server == nil {
		return nil, err
	}
	return &rejects{server, q.Tenant}, nil
}

const quarantinePath = "/api/v1/quarantine"

// each calls fn with every entry, in the order of receipt, and returns whose they are.
func (r *rejects) each(ctx context.Context, fn func(*api.QuarantineEntry) error) (tenant string, err error) {
	for after := ""; ; {
		query := r.query()
		query.Set("limit", strconv.Itoa(control.MaxLimit))
		if after != "" {
			query.Set("after", after)
		}
		var page api.QuarantineList
		if err := r.read(ctx, quarantinePath, query, &page); err != nil {
			return "", err
		}
		for i := range page.Items {
			if err := fn(&page.Items[i]); err != nil {
				return "", err
			}
		}
		if after = page.Next; after == "" {
			return page.Tenant, nil
		}
	}
}

func (r *rejects) query() url.Values {
	query := url.Values{}
	if r.tenant != "" {
		query.Set("tenant", r.tenant)
	}
	return query
}

// list prints what [quarantineListCommand.Run] prints.
func (r *rejects) list(ctx context.Context, p *program) error {
	tenant, err := r.each(ctx, func(e *api.QuarantineEntry) error {
		reason := e.Reason
		if e.Path != "" {
			reason = e.Path + ": " + reason
		}
		_, err := fmt.Fprintf(p.stdout, "%.*s  %s  %s  %s\n", shortID, e.ID, e.Received, e.Source, reason)
		return err
	})
	if err != nil {
		return err
	}
	var tenants api.QuarantineTenants
	if err := r.read(ctx, quarantinePath+"/tenants", nil, &tenants); err != nil {
		return err
	}
	for _, t := range tenants.Items {
		if t.Tenant != tenant && t.Tenant != provider {
			fmt.Fprintf(p.stderr, "tenant %q has %s more; see them with --tenant\n", t.Tenant, thousands(int64(t.Entries)))
		}
	}
	return nil
}

// export writes events as they came, all or those with the given ids, and returns the ids of those that are not whole.
func (r *rejects) export(ctx context.Context, w io.Writer, ids []string) (cut []string, err error) {
	if len(ids) == 0 {
		if _, err := r.each(ctx, func(e *api.QuarantineEntry) error {
			ids = append(ids, e.ID)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		answer, err := r.get(ctx, quarantinePath+"/"+url.PathEscape(id), r.query())
		if err != nil {
			return cut, err
		}
		raw, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return cut, r.brokenOff(err)
		}
		if length, err := strconv.Atoi(answer.Header.Get(api.LengthHeader)); err == nil && length > len(raw) {
			if _, names, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err == nil {
				id = strings.TrimSuffix(names["filename"], ".json") // where only its beginning was given
			}
			cut = append(cut, id)
			continue
		}
		for i, c := range raw {
			if c == '\n' || c == '\r' {
				raw[i] = ' ' // as a local export does
			}
		}
		if _, err := w.Write(append(raw, '\n')); err != nil {
			return cut, err
		}
	}
	return cut, nil
}

// replay prints what [quarantineReplayCommand.Run] prints.
func (r *rejects) replay(ctx context.Context, p *program, ids []string) error {
	var told api.Replayed
	if err := r.change(ctx, http.MethodPost, quarantinePath+"/replay", nil, map[string]any{"tenant": r.tenant, "ids": ids}, &told); err != nil {
		return err
	}
	for i, e := range told.Items {
		if i < showRejected {
			fmt.Fprintf(p.stderr, "rejected %.*s (%s): %s\n", shortID, e.ID, e.Source, e.Reason)
		}
	}
	fmt.Fprintf(p.stdout, "accepted   %d\nduplicate  %s\nrejected   %d\n", told.Accepted, duplicates(told.Duplicate, told.Conflicting), told.Rejected)
	return nil
}

// remove removes events one by one, and says how many.
func (r *rejects) remove(ctx context.Context, p *program, ids []string) error {
	for i, id := range ids {
		if err := r.change(ctx, http.MethodDelete, quarantinePath+"/"+url.PathEscape(id), r.query(), nil, nil); err != nil {
			if i > 0 {
				fmt.Fprintf(p.stdout, "removed    %d\n", i)
			}
			return err
		}
	}
	fmt.Fprintf(p.stdout, "removed    %d\n", len(ids))
	return nil
}
