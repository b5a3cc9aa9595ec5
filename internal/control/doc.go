// Package control is the control plane: who may do what, and the record of what they did. It keeps tenants, roles, members, sessions, keys, settings, the audit
// log and the counts of ingest in SQLite, or in a Postgres that several servers share.
//
//	store.go  db.go  migrations.go   a database, its transactions, its tables
//	permission.go  reach.go  actor.go  what somebody may do, to which tenants, loaded for each request
//	change.go  audit.go              every change is one transaction with its entry in the audit log
//	tenants.go  roles.go  members.go  the tree, and who is in it; …change.go what can be done to them
//	signin.go  sessions.go  links.go  keys.go  how somebody shows who they are
//	job.go  runs.go  exports.go       what is to be made, the runs that make it, and those that somebody asked for
//	runwork.go  runfiles.go  told.go  how workers claim, renew and end runs; which files are to go; which times a schedule has told of
//	schedules.go  schedulechange.go  recipients.go  plan.go   what is made at recurring times, for whom, and how its runs come to be
//	deliveries.go  deliverywork.go  deliverylinks.go  delivered.go   what each recipient gets, how it is sent, and links to files
//
// Decisions:
//
//   - Changes are made one at a time, over all programs: each begins by taking the head of the audit log, which is one chain. So what a change has checked, such as
//     that another Super Administrator is left, still holds when it ends. What is frequent (counts, last uses, attempts) is written beside changes, by
//     statements that add or compare in the database.
//   - A method that changes something takes an [Actor] and loads it once more in its transaction. What an Actor says decides nothing but reads.
//   - Reach is a matter of the member's tenant only, and a role of its permissions only. A role belongs to the provider or a tenant and is for members of just
//     that; the provider can make one for the members of every tenant. Settings, and which tenants there are, are the provider's alone.
//   - What lies outside of the reach doesn't exist: the answers are the same, by the same query. What can't be hidden is that an e-mail is taken.
//   - To let somebody into an account, by a role, a link or another e-mail, is to grant what the account may do, and nobody grants what they lack.
//   - Tokens have 256 random bits, and only their SHA-256 is kept; passwords argon2id. Nothing here returns a secret, except once when it is made.
//     The token of a delivery's link is made by the secret key instead of by chance: every try has to say the same one, and none is kept.
//   - Runs and deliveries are a ledger of their own: what workers do to them is not in the audit log, but for what they send out, and
//     what people do to them is. A worker holds a claim, a random
//     text in the row, under a lease by the database's clock; whoever has lost the claim changes nothing. Rows stay when what they are about is gone.
//   - What is sent is marked before its first byte: after a crash it is unknown, and not sent twice.
//   - The SQL is the same for both databases, written for what they have in common: numbers, and texts in the order of their bytes.
package control
