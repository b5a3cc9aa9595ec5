package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// RunKind is why a run is made.
type RunKind string

const (
	ExportRun    RunKind = "export"    // somebody asked for it
	ScheduledRun RunKind = "scheduled" // its time has come
)

// RunState is how far a run is.
type RunState string

const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunDone      RunState = "done"
	RunFailed    RunState = "failed"
	RunCancelled RunState = "cancelled"
	RunSkipped   RunState = "skipped" // missed, and by its schedule's rule not made
)

// RunFile is the file that a run has made. The zero RunFile is none.
type RunFile struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"` // bytes
	SHA256    string `json:"sha256"`
}

// Run is the making of one file: of an export, or of a schedule's occurrence. It stays when its file is gone, and when its schedule is.
type Run struct {
	ID          string  `json:"id"`
	Kind        RunKind `json:"kind"`
	Tenant      string  `json:"tenant"` // that it belongs to: its maker's, or its schedule's
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Job         Job     `json:"job"`
	Maker       string  `json:"maker"` // the member whose permissions it is made with: who asked, or the schedule's owner
	MakerName   string  `json:"maker_name"`

	Schedule string             `json:"schedule,omitempty"`
	At       tallystick.Instant `json:"at"`            // when it was due, from which its period is derived; of an export when it was asked for
	Key      string             `json:"key,omitempty"` // of a run beside the planned one of its time
	From     tallystick.Instant `json:"from"`          // its period, [From, Before); both 0 where the job's period says it, as of At
	Before   tallystick.Instant `json:"before"`
	Late     bool               `json:"late"` // missed when it was due, and made later

	// Who gets it, and whether as an attachment: its schedule's when the job was, so that one job's file never goes to another's recipients. Nil for who may not see it.
	Recipients []Recipient `json:"recipients,omitempty"`
	Attach     bool        `json:"attach"`

	State      RunState           `json:"state"`
	Cancelling bool               `json:"cancelling"` // running, and its worker is to stop
	NotBefore  tallystick.Instant `json:"not_before"` // when it may begin
	Attempts   int                `json:"attempts"`
	Rows       int64              `json:"rows"`
	Percent    int                `json:"percent"`
	Position   string             `json:"position"` // of the journal, that it read as of
	Error      string             `json:"error"`    // why it failed, for people

	File    *RunFile        `json:"file,omitempty"`    // nil: none was made, or it isn't for who asks
	Receipt json.RawMessage `json:"receipt,omitempty"` // not in lists
	Summary json.RawMessage `json:"summary,omitempty"` // what a mail shows of the file; not in lists
	Tenants []string        `json:"tenants"`           // that it is of, as found when it was made

	// LateEvents is how many events had come, since the run before, for times before this one's period that were told of.
	LateEvents int64 `json:"late_events"`

	Created     tallystick.Instant `json:"created"`
	Started     tallystick.Instant `json:"started"`      // 0 not yet
	Finished    tallystick.Instant `json:"finished"`     // 0 not yet
	FileRemoved tallystick.Instant `json:"file_removed"` // 0 it is there, if one was made
	Deleted     tallystick.Instant `json:"deleted"`      // taken off the list; 0 not

	claim string // of the worker that has it
}

const (
	runColumns = runColumnsA + `receipt, summary` + runColumnsB
	runListed  = runColumnsA + `'', ''` + runColumnsB // for lists: of a file of many tenants the two are megabytes

	runColumnsA = `id, kind, tenant, name, description, job, maker, maker_name, schedule, due, own_key, period_from, period_before, late, state, cancel, not_before,
		attempts, progress_rows, percent, position, error, file_name, file_media, file_size, file_sha256, `
	runColumnsB = `, late_events, tenants, created, started, finished, file_removed, deleted, claim, recipients, attach`
)

func scanRun(scan func(...any) error) (r Run, err error) {
	var kind, state string
	var job, receipt, summary, tenants, recipients []byte
	var late, cancel, attach int64
	var f RunFile
	if err := scan(&r.ID, &kind, &r.Tenant, &r.Name, &r.Description, &job, &r.Maker, &r.MakerName, &r.Schedule, &r.At, &r.Key, &r.From, &r.Before, &late, &state, &cancel,
		&r.NotBefore, &r.Attempts, &r.Rows, &r.Percent, &r.Position, &r.Error, &f.Name, &f.MediaType, &f.Size, &f.SHA256, &receipt, &summary, &r.LateEvents, &tenants, &r.Created, &r.Started,
		&r.Finished, &r.FileRemoved, &r.Deleted, &r.claim, &recipients, &attach); err != nil {
		return r, err
	}
	r.Kind, r.State, r.Late, r.Attach = RunKind(kind), RunState(state), late != 0, attach != 0
	r.Cancelling = cancel != 0 && r.State == RunRunning
	if f.Name != "" {
		r.File = &f
	}
	if len(receipt) > 0 {
		r.Receipt = json.RawMessage(receipt)
	}
	if len(summary) > 0 {
		r.Summary = json.RawMessage(summary)
	}
	if err := json.Unmarshal(recipients, &r.Recipients); err != nil {
		return r, fmt.Errorf("recipients of run %q: %w", r.ID, err)
	}
	if err := json.Unmarshal(tenants, &r.Tenants); err != nil {
		return r, fmt.Errorf("tenants of run %q: %w", r.ID, err)
	}
	if err := json.Unmarshal(job, &r.Job); err != nil {
		return r, fmt.Errorf("job of run %q: %w", r.ID, err)
	}
	return r, nil
}

// insertRun writes a run that is new. It reports false where (schedule, At, Key) names one that is there already.
func (c conn) insertRun(ctx context.Context, r *Run) (bool, error) {
	job, recipients, err := r.texts()
	if err != nil {
		return false, err
	}
	n, err := c.exec(ctx, `
		INSERT INTO runs (id, kind, tenant, name, description, job, maker, maker_name, schedule, due, own_key, period_from, period_before, late, state, not_before, created,
			finished, recipients, attach, name_key, cancel, claim, worker, lease, attempts, progress_rows, percent, position, error, file_name, file_media, file_size, file_sha256, receipt, tenants,
			started, file_removed, deleted)
		VALUES (`+marks(21)+`, 0, '', '', 0, 0, 0, 0, '', '', '', '', 0, '', '', '[]', 0, 0, 0)
		ON CONFLICT (schedule, due, own_key) DO NOTHING`,
		r.ID, string(r.Kind), r.Tenant, r.Name, r.Description, job, r.Maker, r.MakerName, r.Schedule, r.At, r.Key, r.From, r.Before, flag(r.Late), string(r.State),
		r.NotBefore, r.Created, r.Finished, recipients, flag(r.Attach), strings.ToLower(r.Name))
	return n > 0, err
}

// texts are the job and the recipients of a run as they are kept.
func (r *Run) texts() (job, recipients string, err error) {
	j, err := json.Marshal(r.Job)
	if err != nil {
		return "", "", err
	}
	to, err := json.Marshal(append([]Recipient{}, r.Recipients...)) // [] of none
	return string(j), string(to), err
}

// tenantsIn reports whether everything that a run is of lies in a reach: the tenants that were found when it was made and, before, those that are named.
func (r *Run) tenantsIn(reach Reach) bool {
	for _, list := range [][]string{r.Tenants, r.Job.Tenants} {
		if slices.ContainsFunc(list, func(t string) bool { return !reach.Holds(t) }) {
			return false
		}
	}
	return true
}

// shown takes out of a run what the actor may not see: who gets it, without SCHEDULED_TASKS:VIEW; what doesn't lie in its reach, or no longer does, which is names of
// tenants, and with one of them the file, which tells of it.
func (r *Run) shown(actor Actor) {
	r.claim = ""
	if !actor.Can(ScheduledTasks, View) {
		r.Recipients = nil
	}
	if r.tenantsIn(actor.Reach) {
		return
	}
	out := func(t string) bool { return !actor.Reach.Holds(t) }
	r.Tenants, r.Job.Tenants = slices.DeleteFunc(r.Tenants, out), slices.DeleteFunc(r.Job.Tenants, out)
	r.File, r.Receipt, r.Summary, r.Rows, r.LateEvents, r.Error = nil, nil, nil, 0, 0, ""
}

// RunFilter says which runs are wanted. Zero values keep every run.
type RunFilter struct {
	Kind     RunKind
	State    RunState
	Report   string
	Maker    string // id of a member
	Schedule string
	Search   string             // a part of the name, whatever the case
	From     tallystick.Instant // made this late or later
	Before   tallystick.Instant
}

// Exports lists the exports in the actor's reach that were not removed, the newest first. It needs EXPORT_REPORTS:VIEW.
func (s *Store) Exports(ctx context.Context, actor Actor, f RunFilter, p Page) (List[Run], error) {
	if err := actor.Need(ExportReports, View); err != nil {
		return List[Run]{}, err
	}
	f.Kind = ExportRun
	return s.runs(ctx, actor, f, "deleted = 0", p)
}

// Runs lists the runs of a schedule that were not removed, the newest first. It needs SCHEDULED_TASKS:VIEW.
func (s *Store) Runs(ctx context.Context, actor Actor, schedule string, p Page) (List[Run], error) {
	if err := actor.Need(ScheduledTasks, View); err != nil {
		return List[Run]{}, err
	}
	if schedule == "" {
		return List[Run]{}, noSuch("schedule", schedule)
	}
	return s.runs(ctx, actor, RunFilter{Kind: ScheduledRun, Schedule: schedule}, "deleted = 0", p)
}

// Archive lists every run in the actor's reach, also those whose file is gone and that were removed, the newest first. It needs ARCHIVES:VIEW.
func (s *Store) Archive(ctx context.Context, actor Actor, f RunFilter, p Page) (List[Run], error) {
	if err := actor.Need(Archives, View); err != nil {
		return List[Run]{}, err
	}
	return s.runs(ctx, actor, f, "1 = 1", p)
}

func (s *Store) runs(ctx context.Context, actor Actor, f RunFilter, condition string, p Page) (List[Run], error) {
	none := List[Run]{}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	within, args := actor.Reach.within("tenant")
	where := []string{condition, within}
	and := func(condition string, more ...any) {
		where = append(where, condition)
		args = append(args, more...)
	}
	if after != "" {
		var created, due int64
		var id string
		if _, err := fmt.Sscanf(after, "%d %d %s", &created, &due, &id); err != nil {
			return none, tallystick.Errorf(tallystick.Invalid, "%q is not a place in this list", cut(p.After, 80)).At("after").WithHint("use next of the page before it")
		}
		and("(created, due, id) < (?, ?, ?)", created, due, id)
	}
	for _, text := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"state", string(f.State)}, {"maker", f.Maker}, {"schedule", f.Schedule},
	} {
		if text.value != "" {
			and(text.column+" = ?", text.value)
		}
	}
	if f.Report != "" { // the report is the first field of a job's JSON
		name, err := json.Marshal(f.Report)
		if err != nil {
			return none, err
		}
		begin := `{"report":` + string(name) + `,`
		and("SUBSTR(job, 1, ?) = ?", len([]rune(begin)), begin)
	}
	if f.Search != "" {
		and(`name_key LIKE ? ESCAPE '\'`, containing(f.Search))
	}
	if f.From != 0 {
		and("created >= ?", f.From)
	}
	if f.Before != 0 {
		and("created < ?", f.Before)
	}
	list, err := all(ctx, s.single(), `
		SELECT `+runListed+`
		FROM runs
		WHERE `+strings.Join(where, " AND ")+`
		ORDER BY created DESC, due DESC, id DESC
		LIMIT ?`, append(args, limit+1), scanRun)
	if err != nil {
		return none, fmt.Errorf("list runs: %w", err)
	}
	for i := range list {
		list[i].shown(actor)
	}
	return listOf(list, limit, func(r *Run) string { return fmt.Sprintf("%d %d %s", r.Created, r.At, r.ID) }), nil
}

// containing is the pattern of LIKE, with \ as ESCAPE, for texts in lower case that contain one. They are lowered here, when they are written, as this one is: LOWER() of
// the databases knows the letters of English only.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}

// entity is what a permission to see or change a run is of.
func (k RunKind) entity() Entity {
	if k == ScheduledRun {
		return ScheduledTasks
	}
	return ExportReports
}

// Run returns one run in the actor's reach. It needs EXPORT_REPORTS:VIEW of an export, SCHEDULED_TASKS:VIEW of a schedule's; one that was removed ARCHIVES:VIEW,
// which does for every run.
func (s *Store) Run(ctx context.Context, actor Actor, id string) (Run, error) {
	r, err := s.single().visibleRun(ctx, actor, id)
	if err != nil {
		return Run{}, err
	}
	r.shown(actor)
	return r, nil
}

// RunFile returns a run whose file the actor may see: what [Store.Run] needs, and every tenant that it is of in reach now. Otherwise, and where there is no file,
// the error is of code NotFound.
func (s *Store) RunFile(ctx context.Context, actor Actor, id string) (Run, error) {
	r, err := s.single().visibleRun(ctx, actor, id)
	if err != nil {
		return Run{}, err
	}
	if r.State != RunDone || r.File == nil || r.FileRemoved != 0 || r.Deleted != 0 || !r.tenantsIn(actor.Reach) {
		return Run{}, noSuch("file of run", id)
	}
	r.shown(actor)
	return r, nil
}

// run returns a run in a reach.
func (c conn) run(ctx context.Context, reach Reach, id string) (r Run, err error) {
	within, args := reach.within("tenant")
	list, err := all(ctx, c, `
		SELECT `+runColumns+`
		FROM runs
		WHERE id = ? AND `+within, append([]any{id}, args...), scanRun)
	if err != nil {
		return Run{}, fmt.Errorf("read run: %w", err)
	}
	if len(list) == 0 {
		return Run{}, noSuch("run", id)
	}
	return list[0], nil
}

// visibleRun returns a run that the actor may see. Without a permission that does for one kind or the other the answer is Denied, whether there is such a run or not.
func (c conn) visibleRun(ctx context.Context, actor Actor, id string) (Run, error) {
	if !actor.Can(ExportReports, View) && !actor.Can(ScheduledTasks, View) && !actor.Can(Archives, View) {
		return Run{}, actor.Need(ExportReports, View)
	}
	r, err := c.run(ctx, actor.Reach, id)
	if err != nil {
		return Run{}, err
	}
	if !actor.Can(Archives, View) && (r.Deleted != 0 || !actor.Can(r.Kind.entity(), View)) {
		return Run{}, noSuch("run", id)
	}
	return r, nil
}
