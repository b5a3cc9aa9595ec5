package control

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// CatchUp says what is made of runs that were missed while no server ran.
type CatchUp string

const (
	CatchUpEvery  CatchUp = "every"  // the newest [CatchUpRuns], the oldest of them first; the owner is told of others
	CatchUpLatest CatchUp = "latest" // the newest
	CatchUpNone   CatchUp = "none"
)

const (
	DefaultSettle = 300    // seconds, where nobody says otherwise
	maxSettle     = 86_400 // seconds
	CatchUpRuns   = 100
)

// Schedule is a file that is made at recurring times, and who gets it.
type Schedule struct {
	ID          string              `json:"id"`
	Tenant      string              `json:"tenant"` // that it belongs to: its owner's; "" the provider
	Owner       string              `json:"owner"`  // the member whose permissions its files are made and sent with
	OwnerName   string              `json:"owner_name"`
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Job         Job                 `json:"job"`
	Recurrence  tallystick.Schedule `json:"recurrence"`
	Settle      int64               `json:"settle"` // seconds from when a run is due until it begins
	CatchUp     CatchUp             `json:"catch_up"`
	Recipients  []Recipient         `json:"recipients"`
	Attach      bool                `json:"attach"` // the file, where it is small enough; else a link
	Enabled     bool                `json:"enabled"`
	Stopped     string              `json:"stopped,omitempty"` // why the server has disabled it; "" it hasn't

	Next         tallystick.Instant `json:"next"`          // when a run is due; 0 while disabled
	CoveredUntil tallystick.Instant `json:"covered_until"` // where the next period since the previous run begins; 0 where the recurrence says it
	Version      int64              `json:"version"`       // goes up with each edit
	Created      tallystick.Instant `json:"created"`
	Edited       tallystick.Instant `json:"edited"`

	Last *LastRun `json:"last,omitempty"` // nil: none yet
}

// LastRun is how a schedule's newest run has come out.
type LastRun struct {
	ID         string                `json:"id"`
	At         tallystick.Instant    `json:"at"`
	State      RunState              `json:"state"`
	Late       bool                  `json:"late"`
	Error      string                `json:"error"`
	Finished   tallystick.Instant    `json:"finished"`
	Deliveries map[DeliveryState]int `json:"deliveries"` // how many are in each state
	Waits      string                `json:"waits"`      // why some of them wait that could leave, such as that mail is not set up; "" none does
}

// keptRecipient is a recipient as the database has it, with its secret sealed.
type keptRecipient struct {
	Recipient
	Sealed string `json:"secret,omitempty"`
}

// secretName is what the secret of a recipient is sealed under.
func (r *Recipient) secretName() string { return "webhook " + r.ID }

const scheduleColumns = `id, tenant, owner, owner_name, name, description, job, recurrence, settle, catch_up, recipients, attach, enabled, next_at, covered_until, version,
	stopped, created, edited`

// keptSchedule is a schedule with the sealed secrets of its recipients, by their ids.
type keptSchedule struct {
	Schedule
	sealed map[string]string
}

func scanSchedule(scan func(...any) error) (s keptSchedule, err error) {
	var job, recurrence, recipients []byte
	var catchUp string
	var attach, enabled int64
	if err := scan(&s.ID, &s.Tenant, &s.Owner, &s.OwnerName, &s.Name, &s.Description, &job, &recurrence, &s.Settle, &catchUp, &recipients, &attach, &enabled, &s.Next,
		&s.CoveredUntil, &s.Version, &s.Stopped, &s.Created, &s.Edited); err != nil {
		return s, err
	}
	s.CatchUp, s.Attach, s.Enabled = CatchUp(catchUp), attach != 0, enabled != 0
	var kept []keptRecipient
	for _, part := range []struct {
		text []byte
		into any
	}{{job, &s.Job}, {recurrence, &s.Recurrence}, {recipients, &kept}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return s, fmt.Errorf("schedule %q: %w", s.ID, err)
		}
	}
	s.Recipients, s.sealed = []Recipient{}, map[string]string{}
	for _, r := range kept {
		s.Recipients = append(s.Recipients, r.Recipient)
		if r.Sealed != "" {
			s.sealed[r.ID] = r.Sealed
		}
	}
	return s, nil
}

// putSchedule writes a schedule, new or not.
func (c conn) putSchedule(ctx context.Context, s *keptSchedule) error {
	kept := make([]keptRecipient, len(s.Recipients))
	for i, r := range s.Recipients {
		kept[i] = keptRecipient{r, s.sealed[r.ID]}
	}
	var texts [3]string
	for i, v := range []any{s.Job, s.Recurrence, kept} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		texts[i] = string(b)
	}
	_, err := c.exec(ctx, `
		INSERT INTO schedules (`+scheduleColumns+`, name_key)
		VALUES (`+marks(20)+`)
		ON CONFLICT (id) DO UPDATE
		SET owner = excluded.owner, owner_name = excluded.owner_name, name = excluded.name, description = excluded.description, job = excluded.job,
			recurrence = excluded.recurrence, settle = excluded.settle, catch_up = excluded.catch_up, recipients = excluded.recipients, attach = excluded.attach,
			enabled = excluded.enabled, next_at = excluded.next_at, covered_until = excluded.covered_until, version = excluded.version, stopped = excluded.stopped,
			edited = excluded.edited, name_key = excluded.name_key`,
		s.ID, s.Tenant, s.Owner, s.OwnerName, s.Name, s.Description, texts[0], texts[1], s.Settle, string(s.CatchUp), texts[2], flag(s.Attach), flag(s.Enabled), s.Next,
		s.CoveredUntil, s.Version, s.Stopped, s.Created, s.Edited, strings.ToLower(s.Name))
	return err
}

// schedule returns a schedule in a reach; suffix ends the query, such as by a lock.
func (c conn) schedule(ctx context.Context, reach Reach, id, suffix string) (keptSchedule, error) {
	within, args := reach.within("tenant")
	list, err := all(ctx, c, `
		SELECT `+scheduleColumns+`
		FROM schedules
		WHERE id = ? AND `+within+suffix, append([]any{id}, args...), scanSchedule)
	if err != nil {
		return keptSchedule{}, fmt.Errorf("read schedule: %w", err)
	}
	if len(list) == 0 {
		return keptSchedule{}, noSuch("schedule", id).(*tallystick.Error).WithHint("it may have been deleted meanwhile")
	}
	return list[0], nil
}

// shown takes the names of tenants out of a schedule that don't lie in a reach, or no longer do.
func (s *Schedule) shown(reach Reach) {
	s.Job.Tenants = slices.DeleteFunc(s.Job.Tenants, func(t string) bool { return !reach.Holds(t) })
}

// ScheduleFilter says which schedules are wanted. Zero values keep every schedule.
type ScheduleFilter struct {
	Tenant string
	Owner  string
	Search string // a part of the name, whatever the case
}

// Schedules lists the schedules in the actor's reach by name, each with its newest run. It needs SCHEDULED_TASKS:VIEW.
func (s *Store) Schedules(ctx context.Context, actor Actor, f ScheduleFilter, p Page) (List[Schedule], error) {
	none := List[Schedule]{}
	if err := actor.Need(ScheduledTasks, View); err != nil {
		return none, err
	}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	within, args := actor.Reach.within("tenant")
	where := []string{within}
	and := func(condition string, more ...any) {
		where = append(where, condition)
		args = append(args, more...)
	}
	if after != "" {
		id, name, _ := strings.Cut(after, " ")
		and("(name, id) > (?, ?)", name, id)
	}
	if f.Tenant != "" {
		and("tenant = ?", f.Tenant)
	}
	if f.Owner != "" {
		and("owner = ?", f.Owner)
	}
	if f.Search != "" {
		and(`name_key LIKE ? ESCAPE '\'`, containing(f.Search))
	}
	var list []Schedule
	err = s.read(ctx, func(c conn) error {
		kept, err := all(ctx, c, `
			SELECT `+scheduleColumns+`
			FROM schedules
			WHERE `+strings.Join(where, " AND ")+`
			ORDER BY name, id
			LIMIT ?`, append(args, limit+1), scanSchedule)
		list = make([]Schedule, len(kept))
		for i := range kept {
			list[i] = kept[i].Schedule
			list[i].shown(actor.Reach)
			if err == nil {
				list[i].Last, err = c.lastRun(ctx, list[i].ID)
			}
		}
		return err
	})
	if err != nil {
		return none, fmt.Errorf("list schedules: %w", err)
	}
	return listOf(list, limit, func(s *Schedule) string { return s.ID + " " + s.Name }), nil
}

// Schedule returns one schedule in the actor's reach. It needs SCHEDULED_TASKS:VIEW.
func (s *Store) Schedule(ctx context.Context, actor Actor, id string) (Schedule, error) {
	if err := actor.Need(ScheduledTasks, View); err != nil {
		return Schedule{}, err
	}
	var kept keptSchedule
	err := s.read(ctx, func(c conn) (err error) {
		if kept, err = c.schedule(ctx, actor.Reach, id, ""); err == nil {
			kept.Last, err = c.lastRun(ctx, id)
		}
		return err
	})
	kept.shown(actor.Reach)
	return kept.Schedule, err
}

// lastRun returns a schedule's newest run, nil where there is none.
func (c conn) lastRun(ctx context.Context, schedule string) (*LastRun, error) {
	var r LastRun
	var state string
	var late int64
	found, err := c.row(ctx, `
		SELECT id, due, state, late, error, finished
		FROM runs
		WHERE schedule = ? AND deleted = 0
		ORDER BY created DESC, due DESC, id DESC
		LIMIT 1`, []any{schedule}, &r.ID, &r.At, &state, &late, &r.Error, &r.Finished)
	if err != nil || !found {
		return nil, err
	}
	r.State, r.Late, r.Deliveries = RunState(state), late != 0, map[DeliveryState]int{}
	return &r, c.each(ctx, `
		SELECT state, COUNT(*), MAX(CASE WHEN state = 'pending' AND since = 0 THEN answer ELSE '' END)
		FROM deliveries
		WHERE run = ? AND kind = 'report'
		GROUP BY state`, []any{r.ID}, func(scan func(...any) error) error {
		var state, waits string
		var n int
		err := scan(&state, &n, &waits)
		r.Deliveries[DeliveryState(state)] = n
		r.Waits = cmp.Or(r.Waits, waits)
		return err
	})
}

// ownerOf returns the member who is told what becomes of a run: the owner that its schedule has now, or whom it was made for where there is no schedule any more.
func (c conn) ownerOf(ctx context.Context, r *Run) (member string, err error) {
	member = r.Maker
	_, err = c.row(ctx, `SELECT owner FROM schedules WHERE id = ?`, []any{r.Schedule}, &member)
	return member, err
}

// Owner returns a schedule's owner as they are now, for what is checked when it is sent. The error is of code Denied when they can no longer sign in, NotFound
// when there is no such schedule.
func (s *Store) Owner(ctx context.Context, schedule string) (Actor, error) {
	kept, err := s.single().schedule(ctx, Reach{All: true}, schedule, "")
	if err != nil {
		return Actor{}, err
	}
	return s.ownerActor(ctx, kept.Owner, kept.OwnerName)
}
