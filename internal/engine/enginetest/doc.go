// Package enginetest is the contract of [tallystick.Engine], in a form that can be run: what the docs of the root package's queries say, every engine is held
// to here.
//
// [TestContract] is all of it. It has three parts, which can be used alone:
//
//   - [RunScripts]: hand-written events, questions and answers, in testdata. Their answers were worked out from the docs, not from an engine, so that they hold the
//     oracle too. A sentence of the docs has a case there.
//   - [Random], [Stream], [Copies], [Shuffled]: streams of valid events on which engines, and reports, go wrong if they can.
//   - [Agree]: random questions about a random stream, put to an engine and an oracle. What differs is made smaller and printed as a script.
//
// # Decisions
//
//   - A question of any kind is one struct, [Question], and an answer is lines of text: so that drawing, asking, comparing, printing and shrinking are
//     written once, and a failure is a script that can be kept.
//   - Answers are compared exactly, with two exceptions that no caller can see: an empty list equals nil, and a field of an entity that is
//     empty equals one that is missing.
//   - An engine sees what a journal lets through: valid events, no duplicates, ascending positions. What a journal or a decoder refuses is not tried here.
//   - In one batch all records are of one log; positions of different logs can't be in an order.
//
// # Clauses of a query
//
//	from INSTANT  before INSTANT  asof POSITION  countable  any  bare  owntickets  summed  limit LENGTH    (these may share a line; from and before are min and max by default)
//	until INSTANT                    of sessions, and of conversations, which from and until only say where to look for; on the line of from too
//	where FIELD in|notin VALUE…      where FIELD present|absent
//	by FIELD                         by FIELD labels VALUE=LABEL…           by FIELD only VALUE=LABEL…   (only: values without a label have no group)
//	distinct FIELD …                 as by
//	sum FIELD ROUNDUP                in base units
//	edges INSTANT…                   edgesof GROUP INSTANT…
//	ids ID…                          fields FIELD…
//
// The text - is the empty one. Words with spaces are written in double quotes.
package enginetest
