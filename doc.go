// Package tallystick is the vocabulary of Tallystick, a usage-report server: the words that every other package of the program speaks, with no
// input or output of their own. It imports the standard library only.
//
// # What happens to an event
//
//	bytes ─ ingest ─▶ events ─ journal (new? append, fsync) ─▶ "accepted" ─ applier ─▶ engine
//	definition + request ─ report ─▶ queries ─ engine ─▶ answers ─ report ─▶ tables ─ render ─▶ bytes
//
// A platform hands over an [Event]: one fact, with a tenant, a time and a few fields of the vocabulary (see [EventTypes]). The journal decides whether
// it is new, gives it a [Position] and writes it to disk; only then is it "accepted". An [Engine] applies the journal's records and answers queries about
// them ([Tally], [Peak], [List], …). A [Report] is a definition; together with a [Request] it becomes queries, their answers become a [Table], and a table
// becomes a file.
//
// # Decisions that hold everywhere
//
//   - The journal is the truth. Key index and engine are views of it: deleted or damaged, they are made again from it.
//   - A fact belongs to its event time. The events of a tenant have one order, time and then position, and reports depend on nothing else.
//   - Instants are microseconds in UTC ([Instant]); [Calendar] is the only code that knows civil time. It turns dates, grains and zones into
//     instants, and queries carry those; an engine never sees a zone.
//   - Engines answer exact integers in base units. Ratios, averages and rounding happen once, in package report. So two engines can be compared with ==,
//     and the simplest of them, internal/engine/memory, is the oracle of the others.
//   - Every query has a [Scope], and a scope can't be made without a tenant.
//   - Periods are half-open, [From, Before). An event at or after Before has no influence.
//
// # Where things are
//
//	cmd/tallystick     flags, settings, wiring; the only place that names a concrete engine
//	internal/datadir   one directory on disk, one program at a time
//	internal/disk      the file layer of all that must survive a power cut, and a double of it that forgets
//	internal/ingest    bytes → events
//	internal/journal   events → disk, exactly once
//	internal/quarantine what was rejected, kept until it is replayed or removed
//	internal/usage     a question of somebody → the report, as far as they may see
//	internal/api       what the server speaks over HTTP
//	internal/applier   an engine follows the journal
//	internal/engine    event stores: memory (the oracle), duckdb (the default), enginetest (the contract)
//	internal/report    definition + request → queries → tables
//	internal/render    table → file
//	internal/control   tenants, roles, members, keys, settings, audit log; SQLite or Postgres
//	internal/sample    a believable year of events
//	reports            the built-in definitions with their events and golden answers
//
// The workers under internal import this package and [internal/disk], never each other; internal/usage, internal/api and the commands combine them. A test reads the imports
// and holds this.
package tallystick
