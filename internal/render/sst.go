package render

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Records of BIFF8, the format inside of .xls: a number, a length and as many bytes.
const (
	recordSST      = 0x00fc
	recordContinue = 0x003c
	maxRecord      = 8224 // bytes of a record, its head of 4 left out
)

// sharedTexts is the shared string table (SST) of a workbook, to which its cells refer by number. It is spooled as the records that it will be: one SST and as
// many CONTINUE as it takes.
//
// A text is a head, its length in UTF-16 code units and a flag, and its characters: a byte each when all are below U+0100, two each otherwise. A text that
// passes the end of a record goes on in the next one, behind a flag of its own. We never split a head, which the format forbids, nor a head from its first
// character or the halves of a surrogate pair, on which some readers stumble.
//
// Texts that were seen are remembered up to a bound, then forgotten: a text may stand in the table twice.
type sharedTexts struct {
	spool  *spool
	record []byte // the bytes of the record that is being filled
	kind   uint16 // its number
	refs   uint32 // how often cells refer to a text
	count  uint32 // texts in the table
	seen   map[string]uint32
	bytes  int // of the texts in seen
	units  []uint16
}

// What is remembered of texts that were seen.
const (
	maxSeenTexts = 1 << 18
	maxSeenBytes = 32 << 20
)

func newSharedTexts(spool *spool) *sharedTexts {
	// The first record begins with the two counts, which are known in the end.
	return &sharedTexts{spool: spool, record: make([]byte, 8, maxRecord), kind: recordSST, seen: map[string]uint32{}}
}

// number returns the number of a text, which joins the table when it is not remembered.
func (t *sharedTexts) number(s string) (uint32, error) {
	t.refs++
	if n, ok := t.seen[s]; ok {
		return n, nil
	}
	if len(t.seen) >= maxSeenTexts || t.bytes >= maxSeenBytes {
		clear(t.seen)
		t.bytes = 0
	}
	n := t.count
	t.seen[s] = n
	t.bytes += len(s)
	t.count++
	return n, t.add(s)
}

func (t *sharedTexts) add(s string) error {
	t.units = appendUTF16(t.units[:0], s)
	flag := flagLatin
	for _, u := range t.units {
		if u > 0xff {
			flag = flagUTF16
			break
		}
	}
	const head, longestCharacter = 3, 4
	if len(t.record)+head+longestCharacter > maxRecord {
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.record = binary.LittleEndian.AppendUint16(t.record, uint16(len(t.units)))
	t.record = append(t.record, flag)
	for rest := t.units; ; {
		n := min(len(rest), (maxRecord-len(t.record))>>flag)
		if n < len(rest) && n > 0 && utf16.IsSurrogate(rune(rest[n-1])) && rest[n-1] < 0xdc00 {
			n-- // the second half is in rest[n]
		}
		t.record = appendUnits(t.record, rest[:n], flag)
		if rest = rest[n:]; len(rest) == 0 {
			return nil
		}
		if err := t.flush(); err != nil {
			return err
		}
		t.record = append(t.record, flag)
	}
}

// flush ends the record.
func (t *sharedTexts) flush() error {
	before := len(t.spool.buf)
	t.spool.buf = appendRecord(t.spool.buf, t.kind, t.record)
	t.record, t.kind = t.record[:0], recordContinue
	return t.spool.added(before)
}

// counts returns the bytes that belong at offset 4, behind the head of the first record.
func (t *sharedTexts) counts() []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, t.refs), t.count)
}

// The flag of a text says how its characters are kept; it is the logarithm of their size.
const (
	flagLatin byte = 0
	flagUTF16 byte = 1
)

func appendUnits(b []byte, units []uint16, flag byte) []byte {
	if flag == flagUTF16 {
		for _, u := range units {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return b
	}
	for _, u := range units {
		b = append(b, byte(u))
	}
	return b
}

// appendUTF16 appends s; a byte that is not UTF-8 becomes U+FFFD.
func appendUTF16(units []uint16, s string) []uint16 {
	for _, r := range s {
		if r < utf8.RuneSelf {
			units = append(units, uint16(r))
			continue
		}
		units = utf16.AppendRune(units, r)
	}
	return units
}

// appendRecord appends a record with these bytes.
func appendRecord(b []byte, kind uint16, content []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(content)))
	return append(b, content...)
}
