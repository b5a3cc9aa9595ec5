package report

import "slices"

// builder makes the rows of one table of one tenant.
type builder func(*plan, rows) error

// piece is a table's rows made, and their cells explained, by Go: where a definition can't say what counts.
type piece struct {
	name    string
	about   string // why a definition can't say it
	make    builder
	explain func(*target) error
}

// pieces lists every piece of Go that a built-in definition names.
var pieces = []piece{
	{"room-usage", "memberships over time, and identities that changed hands", (*plan).rooms, (*target).room},
	{"billing-usage", "lines of different kinds under one another, some of which depend on the account", (*plan).billing, (*target).bill},
	{"tenant-usage", "a row for each tenant; users by state, entitlements in force", (*plan).tenantRow, (*target).tenantCell},
	{"unique-contacts", "looks past the period, to the edges of its months", (*plan).uniqueContacts, (*target).service},
	{"resolved-conversations", "what happened before in the same conversation", (*plan).resolvedConversations, (*target).service},
	{"connected-channels", "connections over time", (*plan).connectedChannels, (*target).connection},
	{"session-summary", "sessions of 24 hours", (*plan).sessionSummary, (*target).session},
	{"session-trend", "sessions of 24 hours", (*plan).sessionTrend, (*target).session},
	{"session-by-bot", "sessions of 24 hours", (*plan).sessionsByBot, (*target).session},
	{"session-by-channel", "sessions of 24 hours", (*plan).sessionsByChannel, (*target).session},
	{"session-by-version", "sessions of 24 hours", (*plan).sessionsByVersion, (*target).session},
	{"session-by-month", "sessions of 24 hours", (*plan).sessionsByMonth, (*target).session},
	{"session-ticket-trend", "sessions of 24 hours", (*plan).ticketTrend, (*target).session},
	{"ingest-sources", "times of receipt, and events that were not accepted", (*plan).ingestSources, (*target).arrival},
	{"ingest-rejections", "events that were not accepted", (*plan).ingestRejections, (*target).arrival},
	{"session-detail", "sessions of 24 hours", (*plan).sessionDetail, (*target).sessionRow},
}

func pieceNamed(name string) *piece {
	i := slices.IndexFunc(pieces, func(p piece) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return &pieces[i]
}

func pieceNames() []string {
	var list []string
	for _, p := range pieces {
		list = append(list, p.name)
	}
	return list
}

// Piece describes a piece of Go that a built-in definition names.
type Piece struct{ Name, About string }

// Pieces lists them.
func Pieces() []Piece {
	var list []Piece
	for _, p := range pieces {
		list = append(list, Piece{p.name, p.about})
	}
	return list
}
