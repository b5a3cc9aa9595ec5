package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// demoPassword is that of every member of a demonstration.
const demoPassword = "twelve calm otters"

// demoMembers are who can sign in.
var demoMembers = []struct{ email, name, tenant, role, title, sees string }{
	{"ada@meridian.example", "Ada Okafor", "", control.SuperAdministrator, "Super Administrator", "all tenants, and may do everything"},
	{"noor@meridian.example", "Noor Haddad", "", control.Auditor, "Auditor", "all tenants, and changes nothing"},
	{"grace@hudson.example", "Grace Lindqvist", "hudson-savings", control.TenantAdministrator, "Tenant Administrator", "Hudson Savings Bank, and Hudson Wealth Advisors below it"},
	{"ravi@sahyadri.example", "Ravi Kulkarni", "sahyadri-telecom", control.TenantViewer, "Tenant Viewer", "Sahyadri Telecom, and the two below it"},
}

// The members who own something.
const (
	demoAda   = "ada@meridian.example"
	demoGrace = "grace@hudson.example"
)

// demoTree is which tenant of the sample is below which: two of them are providers themselves.
var demoTree = []control.Tenant{
	{ID: "hudson-savings"}, {ID: "hudson-wealth", Parent: "hudson-savings"},
	{ID: "sahyadri-telecom"}, {ID: "clinica-aurora", Parent: "sahyadri-telecom"}, {ID: "tern-and-gull", Parent: "sahyadri-telecom"},
	{ID: "kaufhaus-morgenrot"},
}

// demoSettings are the settings that are not as they come.
var demoSettings = []struct {
	name  string
	value any
}{
	{"provider_name", "Meridian Messaging"},
	{"mail_domains", []string{"meridian.example", "hudson.example", "sahyadri.example", "ledger.example"}},
	{"smtp_from", "reports@meridian.example"},
	{"smtp_from_name", "Meridian Messaging"},
}

// demoExports are the exports that somebody has asked for. The last one is of a report that somebody has taken away.
var demoExports = []struct {
	owner, name, description string
	job                      control.Job
}{
	{demoAda, "Usage of all tenants", "For the meeting on contracts.", control.Job{
		Report: "tenant-usage", AllTenants: true, Period: "last-month", Zone: "UTC", Format: "csv", Delimiter: "pipe",
	}},
	{demoGrace, "What we are billed for", "", control.Job{Report: "billing-usage", Tenants: []string{"hudson-savings"}, Period: "last-3-months", Format: "xlsx"}},
	{demoAda, "Ratings of tickets", "", control.Job{Report: "ticket-ratings", AllTenants: true, Period: "last-30-days", Format: "csv"}},
}

// demoSchedule is a schedule with the e-mails of who gets it.
type demoSchedule struct {
	owner   string
	k       control.Schedule
	members []string
	outside []string
}

// demoSchedules returns the schedules; they begin on a date.
func demoSchedules(start tallystick.Date) []demoSchedule {
	every := func(grain tallystick.Grain, n int, zone string) tallystick.Schedule {
		return tallystick.Schedule{Grain: grain, Every: n, Zone: zone, Start: start, Hour: 6, Minute: 30}
	}
	weekly, monthly, quarterly := every(tallystick.Weekly, 1, "Asia/Kolkata"), every(tallystick.Monthly, 1, "UTC"), every(tallystick.Monthly, 3, "Europe/Berlin")
	weekly.Weekdays, monthly.Day, quarterly.Day = []time.Weekday{time.Monday}, 1, tallystick.LastDay
	return []demoSchedule{
		{owner: demoGrace, members: []string{demoGrace}, k: control.Schedule{
			Name: "Rooms of the last week", Description: "Messages by room and adviser, of seven days.", Attach: true, Enabled: true, Recurrence: every(tallystick.Daily, 1, "America/New_York"),
			Job: control.Job{Report: "room-usage", Tenants: []string{"hudson-savings", "hudson-wealth"}, Period: "last-7-days", Format: "csv"},
		}},
		{owner: demoAda, members: []string{demoAda, "ravi@sahyadri.example"}, k: control.Schedule{
			Name: "Bot sessions of the week", Enabled: true, Recurrence: weekly,
			Job: control.Job{Report: "session-usage", Tenants: []string{"sahyadri-telecom"}, Format: "xlsx"},
		}},
		{owner: demoAda, members: []string{demoAda, "noor@meridian.example"}, outside: []string{"accounts@ledger.example"}, k: control.Schedule{
			Name: "Billing of the month", Description: "For the invoices.", Attach: true, Enabled: true, Recurrence: monthly,
			Job: control.Job{Report: "billing-usage", AllTenants: true, Format: "xls"},
		}},
		{owner: demoAda, members: []string{demoAda}, k: control.Schedule{
			Name: "Service review of the quarter", Description: "Waits for the new contract.", Attach: true, Recurrence: quarterly,
			Job: control.Job{Report: "service-usage", Tenants: []string{"kaufhaus-morgenrot"}, Zone: "Europe/Berlin", Format: "xlsx"},
		}},
	}
}

// furnish puts tenants, members, exports and schedules into the control plane. What is to be made is made when the server runs.
func (d *demo) furnish(ctx context.Context) (err error) {
	store, err := d.program.openControl(ctx, d.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	f := &furnishing{store: store, system: control.System("demo"), members: map[string]control.Member{}}
	for _, step := range []func(context.Context) error{f.settings, f.tenants, f.people} {
		if err := step(ctx); err != nil {
			return broken(fmt.Errorf("make the demonstration: %w", err))
		}
	}
	if _, d.mark.Key, err = store.AddKey(ctx, f.system, control.Key{Name: "Platform", Scopes: []control.Scope{control.ScopeIngest, control.ScopeRead}}); err != nil {
		return broken(err)
	}
	utc, err := tallystick.LoadCalendar("UTC")
	if err != nil {
		return err
	}
	// Long enough ago for every schedule to have been due.
	return broken(f.work(ctx, utc.DateOf(d.mark.From).AddMonths(-6)))
}

// furnishing is the filling of a control plane.
type furnishing struct {
	store   *control.Store
	system  control.Actor
	members map[string]control.Member // by e-mail
}

func (f *furnishing) settings(ctx context.Context) error {
	for _, s := range demoSettings {
		value, err := json.Marshal(s.value)
		if err != nil {
			return err
		}
		if err := f.store.SetSetting(ctx, f.system, s.name, value); err != nil {
			return err
		}
	}
	return nil
}

func (f *furnishing) tenants(ctx context.Context) error {
	for _, t := range demoTree {
		if err := f.store.PutTenant(ctx, f.system, t); err != nil {
			return err
		}
	}
	return nil
}

func (f *furnishing) people(ctx context.Context) error {
	for _, m := range demoMembers {
		_, link, err := f.store.AddMember(ctx, f.system, control.Member{Email: m.email, Name: m.name, Tenant: m.tenant, Roles: []string{m.role}})
		if err != nil {
			return err
		}
		if f.members[m.email], err = f.store.UseLink(ctx, control.From{}, link, demoPassword); err != nil {
			return err
		}
	}
	return nil
}

// work adds exports and schedules, and lets each schedule that is enabled run once.
func (f *furnishing) work(ctx context.Context, start tallystick.Date) error {
	actors := map[string]control.Actor{}
	for _, email := range []string{demoAda, demoGrace} {
		session, err := f.store.SignIn(ctx, control.From{}, email, demoPassword)
		if err != nil {
			return err
		}
		actor, err := f.store.SessionActor(ctx, session, control.From{})
		if err != nil {
			return err
		}
		defer f.store.RevokeSession(ctx, actor, actor.Session) // it is nobody's
		actors[email] = actor
	}
	for _, e := range demoExports {
		if _, err := f.store.AddExport(ctx, actors[e.owner], e.name, e.description, e.job); err != nil {
			return err
		}
	}
	for _, s := range demoSchedules(start) {
		for _, email := range s.members {
			s.k.Recipients = append(s.k.Recipients, control.Recipient{Way: control.ByMail, Member: f.members[email].ID})
		}
		for _, email := range s.outside {
			s.k.Recipients = append(s.k.Recipients, control.Recipient{Way: control.ByMail, Address: email})
		}
		s.k.Settle = control.DefaultSettle
		k, err := f.store.AddSchedule(ctx, actors[s.owner], s.k)
		if err != nil {
			return err
		}
		if !k.Enabled {
			continue
		}
		if _, err := f.store.RunNow(ctx, actors[s.owner], k.ID, 0); err != nil {
			return err
		}
	}
	return nil
}
