package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/journal"
)

// Server is the HTTP side of a running Tallystick. Its fields are set before [Server.Handler] is called, and not changed after.
type Server struct {
	Control *control.Store
	Ingest  *Ingest // without Key, which Handler makes of the keys in Control
	Events  Events
	Reports *Reports     // nil: no report can be asked for
	Rejects *Quarantine  // nil: rejected events can't be looked at
	OIDC    *OIDC        // nil: nobody signs in through a provider
	Work    *Work        // nil: there is none for workers
	Web     http.Handler // answers what is no path of the API: the web app; nil: the program was built without it

	Now    func() time.Time
	Logger *slog.Logger // nil: nothing is logged

	Version        string
	Address        string         // where the server listens, such as "http://127.0.0.1:8080"; links begin with it where no public URL is known
	PublicURL      string         // where people find the server; "" as Settings say
	TrustedProxies []netip.Prefix // whose word about who asks is taken

	// Fixed are the settings that are said from outside, by name: they are shown with where, and can't be set here.
	Fixed map[string]FixedSetting

	// Mail sends a link to the member that it is for; nil: nothing can be sent.
	Mail func(ctx context.Context, to control.Member, link string) error

	// Mailbox has the mails that are kept in place of being sent; nil: they are sent, or nobody can send any.
	Mailbox *deliver.Mailbox
	// Files has the files of runs; nil: there are none here.
	Files RunFiles
	// TestMail sends a short mail, to try the settings of mail, and returns whether it was sent and what became of it in words; nil: none can be sent.
	TestMail func(ctx context.Context, to string) (sent bool, answer string)

	metrics *metrics
	limits  limiter
	work    background
}

// Events is what the server needs of the journal and of the engine that follows it.
type Events struct {
	Enqueue func([]tallystick.Event) *journal.Ticket
	Head    func() tallystick.Position // newest record that is durable
	Applied func() tallystick.Position // newest record that the engine has applied
	Wait    func(ctx context.Context, until tallystick.Position) error
	Ask     func(func(tallystick.Answerer) error) error

	// Taking says why events can't be taken now, and Answering why nothing can be asked of the engine: errors of code Unavailable that tell the progress. nil: all
	// is well.
	Taking    func() error
	Answering func() error
}

// groups are the routes of the API, a function for each part of it.
func (s *Server) groups() []func(huma.API) {
	list := []func(huma.API){
		s.registerSessions, s.registerSignIn, s.registerProfile, s.registerLinks, s.registerMembers, s.registerRoles, s.registerKeys, s.registerTenants, s.registerSettings, s.registerMailTest, s.registerMailbox, s.registerAudit,
	}
	if s.Reports != nil {
		list = append(list, s.registerReports, s.registerRecent, s.registerExports, s.registerSchedules, s.registerRuns, s.registerArchive)
	}
	if s.Rejects != nil {
		s.Rejects.Audit = s.Control.AppendAudit
		list = append(list, s.Rejects.register)
	}
	return list
}

// registerReports makes the routes of reports, whose questions to the engine are timed.
func (s *Server) registerReports(api huma.API) {
	if ask := s.Reports.Ask; ask != nil {
		s.Reports.Ask = func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			start := s.Now()
			defer func() { s.metrics.queried(s.Now().Sub(start)) }()
			return ask(ctx, fn)
		}
	}
	s.Reports.Head, s.Reports.Wait = s.Events.Head, func(ctx context.Context, until tallystick.Position) error {
		if err := s.answering(); err != nil {
			return err // it takes longer than anybody waits
		}
		return s.Events.Wait(ctx, until)
	}
	s.Reports.Audit = s.Control.AppendAudit
	s.Reports.register(api)
}

// pages are the routes that are no part of the API's description.
func (s *Server) pages() (list []func(*http.ServeMux)) {
	if s.OIDC != nil {
		list = append(list, s.registerOIDC)
	}
	if s.Files != nil {
		list = append(list, s.registerUnsubscribe)
	}
	if s.Work != nil {
		list = append(list, s.registerWork)
	}
	return list
}

// URL returns where people find the server, without a slash at its end.
func (s *Server) URL(ctx context.Context) string { return s.publicURL(ctx) }
