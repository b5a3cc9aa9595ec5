package control

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Entity is a kind of thing that a permission is about.
type Entity string

const (
	Tenants        Entity = "TENANTS"
	Reports        Entity = "REPORTS" // dashboards and drill-down
	ExportReports  Entity = "EXPORT_REPORTS"
	ScheduledTasks Entity = "SCHEDULED_TASKS"
	Archives       Entity = "ARCHIVES"
	Roles          Entity = "ROLES"
	Members        Entity = "MEMBERS"
	Channels       Entity = "CHANNELS"
	Ingest         Entity = "INGEST" // keys, quarantine
	Settings       Entity = "SETTINGS"
	AuditLog       Entity = "AUDIT_LOG"
)

// Action is what a permission allows to do with an entity.
type Action string

const (
	View   Action = "VIEW"
	Add    Action = "ADD"
	Edit   Action = "EDIT"
	Remove Action = "REMOVE"
	All    Action = "ALL" // each of the others
)

// Entities and Actions are all there are, in the order in which a role shows them.
var (
	Entities = []Entity{Tenants, Reports, ExportReports, ScheduledTasks, Archives, Roles, Members, Channels, Ingest, Settings, AuditLog}
	Actions  = []Action{View, Add, Edit, Remove, All}
)

// listed writes names for a sentence.
func listed[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}

// Permission allows an action on an entity.
type Permission struct {
	Entity Entity `json:"entity"`
	Action Action `json:"action"`
}

// Lacking is the permission that somebody lacks, as the cause of an error of code Denied: whoever tells it may have better words for it.
type Lacking Permission

func (l Lacking) Error() string {
	return fmt.Sprintf("this needs the permission %s of %s", l.Action, l.Entity)
}

// Permissions are what somebody may do. Nil allows nothing.
type Permissions []Permission

// Can reports whether the action is allowed. ALL is allowed to whom each of the other actions is.
func (p Permissions) Can(e Entity, a Action) bool {
	if slices.Contains(p, Permission{e, a}) || slices.Contains(p, Permission{e, All}) {
		return true
	}
	return a == All && !slices.ContainsFunc(Actions, func(one Action) bool { return one != All && !slices.Contains(p, Permission{e, one}) })
}

// CanListTenants reports whether the tenants in reach may be listed: whoever makes exports or schedules has to choose among them.
func (p Permissions) CanListTenants() bool {
	return p.Can(Tenants, View) || p.Can(ExportReports, Add) || p.Can(ScheduledTasks, Add)
}

// lacks returns the first of some permissions that p doesn't have.
func (p Permissions) lacks(some Permissions) (Permission, bool) {
	for _, q := range some {
		if !p.Can(q.Entity, q.Action) {
			return q, true
		}
	}
	return Permission{}, false
}

// normal returns p in one order and each once, or an error for what there isn't.
func (p Permissions) normal() (Permissions, error) {
	for _, q := range p {
		if !slices.Contains(Entities, q.Entity) {
			return nil, tallystick.Errorf(tallystick.Invalid, "there is no entity %q", cut(string(q.Entity), 80)).At("permissions").WithHint("choose among %s", listed(Entities))
		}
		if !slices.Contains(Actions, q.Action) {
			return nil, tallystick.Errorf(tallystick.Invalid, "there is no action %q", cut(string(q.Action), 80)).At("permissions").WithHint("choose among %s", listed(Actions))
		}
	}
	p = slices.Clone(p)
	slices.SortFunc(p, func(a, b Permission) int {
		return cmp.Or(slices.Index(Entities, a.Entity)-slices.Index(Entities, b.Entity), slices.Index(Actions, a.Action)-slices.Index(Actions, b.Action))
	})
	return slices.Compact(p), nil
}

// providerOnly reports whether a permission makes no sense for a member of a tenant: settings are the whole server's, and which tenants there are is for the
// provider to say. A tenant may move those below it: TENANTS:EDIT.
func (q Permission) providerOnly() bool {
	return q.Entity == Settings || q.Entity == Tenants && (q.Action == Add || q.Action == Remove || q.Action == All)
}

// everyEntity is an action on every entity.
func everyEntity(a Action) (p Permissions) {
	for _, e := range Entities {
		p = append(p, Permission{e, a})
	}
	return p
}
