// Package api is what the server speaks over HTTP. It combines the workers, and names no concrete engine.
//
//	ingest.go          POST /api/v1/events: what it needs, what it refuses before it reads
//	ingest_body.go     formats and codings of a body
//	ingest_receipt.go  one request at work: events to the journal, rejected ones to the quarantine
//	ingest_answer.go   the answer, event by event
//	ingest_room.go     how much may be in flight, and how much of the disk stays free
//	counter.go         duplicates and rejected events are counted, many requests at once
//	problem.go         errors as problem details (RFC 9457)
//	oidc.go            GET /api/v1/oidc/begin and /callback: members sign in through an OpenID Connect provider
//	oidc_provider.go   the provider as it describes itself, and how it is reached
//	oidc_identity.go   a code becomes an account, and what is checked on the way
//	oidc_cookie.go     a sign-in that has begun, sealed in the browser
//	oidc_settings.go   the settings it needs, from the control plane
//
// # Decisions about ingest
//
//   - A request is answered when everything in it is on disk: accepted events in the journal, rejected ones in the quarantine, and the counts of what was not
//     accepted. What can't be made so is an answer of the class 5xx, and the whole request can be sent again: what was accepted counts once.
//   - Events are handed to the journal as they are decoded. A body that breaks half-way has said something about the events before the break, and they are
//     answered one by one in the problem that names the break.
//   - A request holds no more than a window of unanswered bytes, and all requests together no more than a limit; a request that finds it reached is refused before
//     its body is read. Whoever waits for a slow journal holds a share of the limit, so that waiting goroutines are bounded by it too.
package api
