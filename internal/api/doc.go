// Package api is what the server speaks over HTTP. It combines the workers, and names no concrete engine.
//
//	server.go handler.go  the server, and what surrounds every route: log, panics, headers, other sites, limits
//	call.go            what is known of a request: id, address, who makes it
//	authenticate.go    who asks, by session or key; authorise.go whether they may do what a route does
//	route.go           a route says what it needs; description.go all of them as OpenAPI, and errors of the library as ours
//	repeat.go          a request that makes something is done once; limit.go who asks too often waits
//	sessions.go links.go members.go roles.go keys.go tenants.go … settings.go audit.go  the routes
//	operations.go metrics.go  how the server is, for those who run it
//	ingest.go          POST /api/v1/events: what it needs, what it refuses before it reads
//	ingest_body.go     formats and codings of a body
//	ingest_receipt.go  one request at work: events to the journal, rejected ones to the quarantine
//	ingest_answer.go   the answer, event by event
//	ingest_room.go     how much may be in flight, and how much of the disk stays free
//	counter.go         duplicates and rejected events are counted, many requests at once
//	reports.go         the routes for reports; what each request of them has in common
//	reports_…          definitions, tables and workbooks, explanations; turns, formats, and how an answer is streamed
//	exports.go runs.go archive.go  files that somebody asks for, or a schedule makes; runs_file.go how they are given away, unhurried.go also slowly
//	schedules.go       schedules; schedules_form.go what somebody says of one, schedules_preview.go what it would do; mailtest.go tries the settings of mail
//	quarantine.go      rejected events: list, download, remove; quarantine_replay.go tries them again
//	raw.go             routes whose handlers write their answers themselves
//	problem.go         errors as problem details (RFC 9457)
//	oidc.go            GET /api/v1/oidc/begin and /callback: members sign in through an OpenID Connect provider
//	oidc_provider.go   the provider as it describes itself, and how it is reached
//	oidc_identity.go   a code becomes an account, and what is checked on the way
//	oidc_cookie.go     a sign-in that has begun, sealed in the browser
//	oidc_settings.go   the settings it needs, from the control plane
//
// # Decisions about reports
//
//   - An answer is of one position, the newest that was applied when its request had its turn, and names it. So its tables fit together, and it can be asked for again.
//   - Who may see which tenants is held in one place, between the reports and the engine ([usage.Reached]): a tenant out of reach is not in its list of tenants, and so
//     does not exist, whatever asks.
//   - A file has the bytes of the command line, because what writes it is the same. What a reader must know besides, the notes, is known when the rows were
//     read, and comes in a trailer.
//   - An answer that fails after its status was sent breaks its connection. No client takes a part for the whole then, and none has to look for an error in a file.
//   - A query parameter that nobody knows is refused: a filter that is spelt wrong and passed over would give a wrong number.
//
// # Decisions about routes
//
//   - What somebody may do at all is decided in one place, by what the route says it needs; to whom, the reach, where the thing is looked up. What is out of reach
//     answers like what does not exist. A test asks every route of the description as everybody who must get nothing from it.
//   - Credentials that are not good are nobody's: a route for everybody answers all the same, so that an old cookie doesn't keep anybody from signing in.
//   - A refusal is written into the audit log, unless nobody was recognised: there is nothing to write but the address, and anybody could fill the log.
//   - Nothing of a path is logged but its pattern, and no header and no body: paths hold ids, the others keys, passwords and tokens.
//   - A secret that is shown once is not kept with the answers for repeated requests.
//   - Limits of requests are counted in memory: they protect this process, and several servers each have their own.
//
// # Decisions about ingest
//
//   - A request is answered when everything in it is on disk: accepted events in the journal, rejected ones in the quarantine, and the counts of what was not
//     accepted. What can't be made so is an answer of the class 5xx, and the whole request can be sent again: what was accepted counts once.
//   - Events are handed to the journal as they are decoded. A body that breaks half-way has said something about the events before the break, and they are
//     answered one by one in the problem that names the break.
//   - A request holds no more than a window of unanswered bytes, and all requests together no more than a limit, those of one key half of it; a request that finds it
//     reached is refused before its body is read. Whoever waits for a slow journal holds a share of the limit, so that waiting goroutines are bounded by it too, and
//     so is what reading takes: a small body may need megabytes to be decompressed.
package api
