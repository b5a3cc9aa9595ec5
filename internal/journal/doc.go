// Package journal keeps the accepted events: on disk before anyone is told "accepted", in one order, each once. It is the truth of an installation; the key
// index and the engine are views of it.
//
// # What it promises
//
//   - An event that was answered [Accepted] is on disk, and stays there over any number of kills and power cuts.
//   - An event is accepted once. One whose (tenant, source, id) or natural key was accepted before is a [Duplicate], or [Conflicting] where its data
//     differs; the first accepted wins, also against copies in the same batch or in a batch still being written, whose answer waits for that write.
//   - Only what was accepted has keys: a duplicate's own other key says nothing about later events.
//   - The order of calls of [Journal.Enqueue] is the order of acceptance.
//   - Damage is named with file and offset, and never skipped. Only the tail that a crash left half written, which was never answered, is cut off, and said.
//
// # How
//
//	Enqueue ─ encode, hash ─▶ sequencer ─ new? frames ─▶ committer ─ write, fsync ─▶ Committed, answers
//
// The caller's goroutine encodes its events and hashes their keys. The sequencer, one goroutine, decides what is new and makes frames; the committer, another,
// writes and syncs them. While one group is being synced the next gathers, so that many small requests share an fsync.
//
// # Decisions
//
//   - Keys are 128 bits of SHA-256: a key that meets another by chance among 10^9 is less likely than any failure of the machine that the journal guards against.
//   - Of what an event says only 32 bits of a digest are kept with its keys: of four billion conflicting duplicates one is called a plain one, which changes a
//     count of conflicts and nothing else, and each bit more would cost as much disk as a bit of the keys.
//   - An fsync that fails is never retried, because the kernel may have dropped the pages: [Options.Fatal] is called and should end the process. A write that
//     fails, as on a full disk, is answered to all who wait, and the journal refuses more until it is opened again.
//   - Files are only appended to. Each frame says how far the file was synced when it was written, so that a frame damaged later can be told from one that was
//     never whole: see frame.go.
//   - The chain of digests runs over the digests of the payloads, not over the payloads: one can be replaced by its digest, and the chain still verifies.
//   - The key index says up to which position it knows the keys. What it misses is read from the journal at opening; should it know more than the journal
//     holds, then acknowledged events were lost, and that is an error.
package journal
