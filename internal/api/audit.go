package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick/internal/control"
)

// AuditEntry is an entry of the audit log. What somebody out of reach did is told without who it was.
type AuditEntry struct {
	Seq        int64      `json:"seq" doc:"1, 2, 3, …"`
	Time       Time       `json:"time"`
	Actor      AuditActor `json:"actor"`
	Tenant     string     `json:"tenant" doc:"that the object belongs to; empty: the provider"`
	Action     string     `json:"action" doc:"such as member.disable"`
	ObjectKind string     `json:"object_kind"`
	ObjectID   string     `json:"object_id"`
	Address    string     `json:"address"`
	RequestID  string     `json:"request_id"`
	Before     any        `json:"before,omitempty"`
	After      any        `json:"after,omitempty"`
	Previous   string     `json:"previous" doc:"hash of the entry before it"`
	Hash       string     `json:"hash"`
}

// AuditActor is who did it, as they were then.
type AuditActor struct {
	Kind   control.ActorKind `json:"kind" doc:"member, key, system, nobody; empty: out of reach"`
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Tenant string            `json:"tenant"`
}

type auditWanted struct {
	Page
	Actor      string `query:"actor" maxLength:"100" doc:"id of a member or key"`
	Action     string `query:"action" maxLength:"100" doc:"with a point at its end all that begin so: member."`
	ObjectKind string `query:"object_kind" maxLength:"100"`
	ObjectID   string `query:"object_id" maxLength:"1024"`
	From       string `query:"from" maxLength:"40" doc:"RFC 3339; this and later"`
	Before     string `query:"before" maxLength:"40" doc:"RFC 3339; earlier than this"`
}

func entryOf(e control.AuditEntry) AuditEntry {
	out := AuditEntry{
		Seq: e.Seq, Time: Time(e.Time), Actor: AuditActor{e.ActorKind, e.ActorID, e.ActorName, e.ActorTenant}, Tenant: e.Tenant, Action: e.Action,
		ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, Address: e.Address, RequestID: e.RequestID, Previous: e.Previous, Hash: e.Hash,
	}
	if len(e.Before) > 0 {
		out.Before = e.Before
	}
	if len(e.After) > 0 {
		out.After = e.After
	}
	return out
}

// registerAudit registers the audit log, which can only be read.
func (s *Server) registerAudit(api huma.API) {
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/audit", id: "list-audit", summary: "The audit log about what lies in reach, the newest first", tag: "Audit log",
		needs: needs{entity: control.AuditLog, action: control.View},
	}, func(ctx context.Context, in *auditWanted) (*listBody[AuditEntry], error) {
		from, err := instant("query.from", in.From)
		if err != nil {
			return nil, err
		}
		before, err := instant("query.before", in.Before)
		if err != nil {
			return nil, err
		}
		l, err := s.Control.Audit(ctx, actorOf(ctx), control.AuditFilter{
			ActorID: in.Actor, Action: in.Action, ObjectKind: in.ObjectKind, ObjectID: in.ObjectID, From: from, Before: before,
		}, in.of())
		return listOf(l, entryOf), err
	})
}
