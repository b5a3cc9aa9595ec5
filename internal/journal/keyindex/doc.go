// Package keyindex is a set of 128-bit keys with a 32-bit value each, made to answer "was this one seen before" hundreds of thousands of times a second for
// hundreds of millions of keys, nearly all of which were not.
//
// It is a view of the journal: it says up to which record it knows the keys ([Index.Covered]), and what it misses is added again from there. So it writes
// rarely, never partially, and what is damaged is thrown away and made anew.
//
// # How
//
//	Add ─▶ table in memory ─ full ─▶ frozen tables ─ durable in the journal ─▶ run ─ four of a size ─▶ larger run
//
// A run is a sorted file that is written once. Its filter, 10 to 12 bits a key and mapped from the file, says for 255 of 256 unknown keys or more that they are not there, and
// for the others where exactly to look. On disk a key takes 17 to 19 bytes with its filter and its value. Runs follow each other in the order of the journal, each with the range of records that it covers in its name, so that the
// names of the files are the list of them.
//
// # Decisions
//
//   - A run is written beside, synced, renamed, and the directory synced. A run merged from others replaces them by its name alone: at opening the longest
//     range wins and what it contains is removed. There is no manifest to disagree with.
//   - A table becomes a run only when the journal has synced its records: the index never knows more than the journal.
//   - Keys are hashes, evenly spread: the filter is the sorted keys' first bits in Elias–Fano form. It is made while the run is being written, is no larger than
//     a Bloom filter of its error rate, and gives the position in the file as well.
//   - Each run keeps a digest of the journal at its end, so that an index that belongs to another journal is recognised.
package keyindex
