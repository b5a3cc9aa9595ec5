package duckdb

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tallystick/tallystick"
)

// mayCount returns the conditions of messages that are countable, or, with previews, delivered, unless they fail.
func (s source) mayCount(previews bool) []string {
	where := []string{s.text(tallystick.FieldContentKind) + " IN ('text', 'file')"}
	if !previews {
		where = append(where, s.column(tallystick.FieldPreview.String())+" IS NOT TRUE")
	}
	return where
}

// countable returns the conditions of countable messages in a scope, or, with previews, of those that are delivered.
func (e *Engine) countable(st *statement, s source, sc *scope, previews bool) []string {
	where := s.mayCount(previews)
	if len(e.failedIDs.names()) == 0 {
		return where // and nothing is bound in vain
	}
	failed := e.source(tallystick.MessageFailed, "failed")
	return append(where, e.notFailed(s, failed, false, failed.scope(st, sc, tallystick.MessageFailed))...)
}

// failedIDs says in which of the two columns a message.failed may have its id, so that ids are not looked for in vain in the other: that takes as long where there is nothing to find.
type failedIDs struct{ uuids, others atomic.Bool }

// note notes a message.failed, before anybody sees it.
func (f *failedIDs) note(id string) {
	if _, _, is := parseUUID(id); is {
		f.uuids.Store(true)
	} else {
		f.others.Store(true)
	}
}

// names lists the columns in which one may have its id.
func (f *failedIDs) names() (names []string) {
	if f.uuids.Load() {
		names = append(names, tallystick.FieldMessageID.String())
	}
	if f.others.Load() {
		names = append(names, tallystick.FieldMessageID.String()+otherIDs)
	}
	return names
}

// rememberFailedIDs notes those of the file.
func (e *Engine) rememberFailedIDs(ctx context.Context) error {
	f := tallystick.FieldMessageID.String()
	for column, is := range map[string]*atomic.Bool{f: &e.failedIDs.uuids, f + otherIDs: &e.failedIDs.others} {
		var found bool
		err := e.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+identifier(e.byType[tallystick.MessageFailed].name)+" WHERE "+identifier(column)+" IS NOT NULL)").Scan(&found)
		if err != nil {
			return cause(ctx, err)
		}
		is.Store(found)
	}
	return nil
}

// notFailed returns the conditions that a message, if of several tenants of the row's tenant, is not among some failures. The scope must have been made before. By NOT IN DuckDB looks each row up in a
// table of hashes; for a NOT EXISTS it first looks for the different ids of all rows, which took 5 times as long.
func (e *Engine) notFailed(s, o source, several bool, where []string) []string {
	var conditions []string
	for _, name := range e.failedIDs.names() {
		id, listed := s.column(name), o.column(name)
		condition := id + " IS NULL OR "
		where := append(slices.Clone(where), listed+" IS NOT NULL")
		if several {
			id, listed = "("+s.column("tenant")+", "+id+")", o.column("tenant")+", "+listed // as columns: a row of both takes longer
		}
		conditions = append(conditions, "("+condition+id+" NOT IN (SELECT "+listed+" FROM "+o.from()+" WHERE "+strings.Join(where, " AND ")+"))")
	}
	return conditions
}
