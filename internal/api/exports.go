package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Job says what is to be made. Its fields are those of [control.Job], in the same order: one is turned into the other.
type Job struct {
	Report string `json:"report" maxLength:"500" doc:"name of a report"`
	Table  string `json:"table,omitempty" maxLength:"500" doc:"one of its tables; empty: all"`

	Tenants    []string `json:"tenants,omitempty" maxItems:"1000" nullable:"false" doc:"Whose usage: these tenants. Exactly one of tenants, all_tenants and filter is given."`
	AllTenants bool     `json:"all_tenants,omitempty" doc:"every tenant in reach when the file is made"`
	Filter     []string `json:"filter,omitempty" maxItems:"50" nullable:"false" doc:"FIELD:OPERATOR:VALUE, as in the list of tenants: those in reach that meet all of them when the file is made"`

	Period string `json:"period,omitempty" maxLength:"500" doc:"last-7-days, last-30-days, this-month, this-year, last-month, last-3-months, previous-day, previous-week, previous-month or previous-quarter; of an export also custom, of a schedule also since-previous-run, its default"`
	From   string `json:"from,omitempty" maxLength:"500" doc:"of a custom period its first date, in the zone, or its first instant in RFC 3339"`
	To     string `json:"to,omitempty" maxLength:"500" doc:"of a custom period its last date, or the instant where it ends"`
	Zone   string `json:"zone,omitempty" maxLength:"500" doc:"time zone by its IANA name; empty: by the report's rule, of a schedule that of its recurrence"`

	Options map[string]string `json:"options,omitempty" doc:"of the report, by name"`
	Where   []string          `json:"where,omitempty" maxItems:"50" nullable:"false" doc:"FIELD=VALUE: only what has this value in a field. Values of one field are alternatives, different fields must all match."`

	Format    string `json:"format,omitempty" maxLength:"500" doc:"csv, the default, json, ndjson, xlsx or xls"`
	Delimiter string `json:"delimiter,omitempty" maxLength:"500" doc:"of CSV: comma, pipe, semicolon, tab, or the character"`
	BOM       bool   `json:"bom,omitempty" doc:"begin CSV with a byte order mark, so that Excel knows its encoding"`
	Guard     string `json:"guard,omitempty" maxLength:"500" doc:"whether text that a spreadsheet would run as a formula is made harmless in CSV: on, the default, or off"`
}

type exportAdded struct {
	Body struct {
		Name        string `json:"name" maxLength:"1000"`
		Description string `json:"description,omitempty" maxLength:"2000"`
		Job
	}
}

type exportsWanted struct {
	Page
	State  string `query:"state" enum:"queued,running,done,failed,cancelled"`
	Report string `query:"report" maxLength:"500"`
	Search string `query:"search" maxLength:"200" doc:"a part of the name, whatever the case"`
}

type runBody struct{ Body Run }

// registerExports registers what is done with exports: files that somebody has asked for.
func (s *Server) registerExports(api huma.API) {
	const tag, path = "Exports", "/api/v1/exports"
	may := func(a control.Action) needs { return needs{entity: control.ExportReports, action: a} }
	handle(api, route{method: http.MethodGet, path: path, id: "list-exports", summary: "List the exports in reach, the newest first", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *exportsWanted) (*listBody[Run], error) {
			l, err := s.Control.Exports(ctx, actorOf(ctx), control.RunFilter{State: control.RunState(in.State), Report: in.Report, Search: in.Search}, in.of())
			return listOf(l, runOf), err
		})
	handle(api, route{
		method: http.MethodPost, path: path, id: "add-export", summary: "Have a file made", tag: tag, needs: may(control.Add), repeatable: true,
	}, s.addExport)
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-export", summary: "One export", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *Named) (*runBody, error) {
			if err := s.exportsOnly(ctx, in.ID); err != nil {
				return nil, err
			}
			r, err := s.Control.Run(ctx, actorOf(ctx), in.ID)
			return &runBody{runOf(r)}, err
		})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/cancel", id: "cancel-export", summary: "Stop an export that waits or is being made; no file is left", tag: tag,
		needs: may(control.Remove), status: http.StatusOK,
	}, func(ctx context.Context, in *Named) (*runBody, error) {
		if err := s.exportsOnly(ctx, in.ID); err != nil {
			return nil, err
		}
		r, err := s.Control.CancelRun(ctx, actorOf(ctx), in.ID)
		return &runBody{runOf(r)}, err
	})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/retry", id: "retry-export", summary: "Try once more what has failed or was cancelled, for the same period", tag: tag,
		needs: may(control.Add), status: http.StatusOK,
	}, func(ctx context.Context, in *Named) (*runBody, error) {
		r, err := s.Control.RetryExport(ctx, actorOf(ctx), in.ID)
		return &runBody{runOf(r)}, err
	})
	handle(api, route{
		method: http.MethodDelete, path: path + "/{id}", id: "remove-export", summary: "Remove an export with its file; the archive keeps that it was", tag: tag,
		needs: may(control.Remove),
	}, func(ctx context.Context, in *Named) (*empty, error) {
		if err := s.exportsOnly(ctx, in.ID); err != nil {
			return nil, err
		}
		return nil, s.Control.RemoveRun(ctx, actorOf(ctx), in.ID)
	})
}

// exportsOnly answers for a run of a schedule as if it were not there: it has paths of its own. Whether somebody may do something with a run is not looked at here, and
// who may see none can't tell them apart.
func (s *Server) exportsOnly(ctx context.Context, id string) error {
	if r, err := s.Control.Run(ctx, actorOf(ctx), id); err == nil && r.Kind != control.ExportRun {
		return notHere("run", id)
	}
	return nil
}

func (s *Server) addExport(ctx context.Context, in *exportAdded) (*runBody, error) {
	job := control.Job(in.Body.Job)
	if job.Period == "" && job.From+job.To != "" {
		job.Period = control.CustomPeriod
	}
	if err := s.checkJob(ctx, &job); err != nil {
		return nil, err
	}
	r, err := s.Control.AddExport(ctx, actorOf(ctx), in.Body.Name, in.Body.Description, job)
	return &runBody{runOf(r)}, err
}

// checkJob refuses a job that would fail when it is made, as far as that is known now, and fills in its format.
func (s *Server) checkJob(ctx context.Context, job *control.Job) error {
	job.Format = cmp.Or(job.Format, "csv")
	a := actorOf(ctx)
	for i, t := range job.Tenants {
		missing := !a.Reach.Holds(t)
		if !missing && a.Reach.All { // who sees less reaches only what is known
			known, sure, err := s.knows(ctx, t)
			if err != nil {
				return err
			}
			missing = sure && !known
		}
		if missing {
			return tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", cut(t, 80)).At(fmt.Sprintf("tenants[%d]", i))
		}
	}
	return s.Reports.CheckJob(*job, tallystick.InstantOf(s.Now()))
}
