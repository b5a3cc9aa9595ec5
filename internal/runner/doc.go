// Package runner makes what people ask to be made apart from a request: exports, and the runs of schedules with their mails. It is the hands; the ledger of package
// control is the memory, and says what is to be done, by whom, and what has become of it.
//
//	runner.go    the loops: planning, making, sending
//	workshop.go  the making of one run's file, where the events are
//	summary.go   what a mail shows of it
//	late.go      what has come since for what was told before
//	name.go      what it is called
//	files.go     where it lies
//	sending.go   one delivery: who may still get it, and what
//	settings.go  how mail leaves
//
// # Decisions
//
//   - Nothing is in memory that the ledger does not have. A program that ends, however it ends, leaves claims that run out, and another one, or itself a moment later,
//     goes on: a run is made again from its beginning, as of the same scheduled time.
//   - A run has one file, whoever makes it and however often: it is written beside its place, synced, and gets its name from its content, and the ledger takes the one whose
//     maker still has the claim. Others are swept away.
//   - A delivery is begun in the ledger before its first byte goes out. Where the program dies in between, it is unknown and is not sent again by itself: nobody gets a
//     report twice because a machine was restarted.
//   - What somebody may see is asked when the file is made, and again when it is sent.
package runner
