// Package ingest turns bytes into events: CloudEvents 1.0 in JSON, one event, an array of them or one a line, plain or compressed with gzip or zstd.
//
// [Decoder.Event] reads one event and holds it to every rule of the vocabulary; [Stream] reads a body or a file of any size in constant memory and answers
// each event of it on its own. An event that breaks a rule is an error that names the value and its path, never a reason to stop: the events after it
// are read. Only what breaks the container (a damaged gzip file, an array that is never closed, a limit of a request) ends a stream.
//
// # What is read strictly
//
// The JSON grammar is that of RFC 8259, as encoding/json checks it, and then some, because an event that two readers can understand differently is no
// evidence. Rejected are also: bytes that are not UTF-8, half of a surrogate pair such as \ud800, two members of one name in one object at any depth, and more
// than [tallystick.MaxDepth] levels. Names are compared with their case, after escapes are taken away.
//
// # What is read generously
//
//   - A null member of the envelope or of data is absent; so are an empty optional id, an empty subject, and an empty tenant where the key is bound to one.
//     An empty optional text is a text: an empty name says that there is none.
//   - Absent or null data is an object without members, so that a type without required fields needs none.
//   - 5, 5.0 and 50e-1 are the same whole number. Spans of seconds are read as exact decimals and rounded half up to the microsecond.
//   - Attributes and data fields that the vocabulary does not know are kept, as compact JSON: white space gone, texts with no more escapes than needed, numbers
//     and the order of members as they came. So the same event in other clothes is the same bytes. [Unknown] counts them.
//   - data_base64 is rejected: an event's data is a JSON object.
//
// # How it is fast
//
// An event is read in one pass into members that point into the text; texts without escapes become parts of it without a copy. The events of one batch
// share the memory of their text, so somebody who keeps one of them for long clones it.
package ingest
