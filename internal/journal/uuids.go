package journal

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Most ids are random UUIDs, written as text, and texts are what records are made of: a compressor leaves 18 to 20 bytes of the 16 that such a UUID has, and spends most of its time on them. So they are
// taken out of a payload and stored as they are, in the order in which they come, beside the rest.
//
// The rest is the payload with a mark in place of each UUID. It is not looked at what a payload means: whatever its bytes are, they come back.

const (
	uuidText = 36 // 8, 4, 4, 4 and 12 lower-case hexadecimal digits with dashes between
	uuidSize = 16

	// mark begins two bytes of the rest: what they stand for is in the second.
	mark       = 0xFF // is in no text, and rarely elsewhere in a record
	markItself = 0    // a byte of the payload that looks like a mark
	markUUID   = 1
)

// nibbles are the values of hexadecimal digits, 0xFF for all other bytes.
var nibbles = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i, c := range "0123456789abcdef" {
		t[c] = byte(i)
	}
	return t
}()

// takeUUIDs appends what is left of a payload without its UUIDs to rest, and these to ids.
func takeUUIDs(rest, ids, payload []byte) ([]byte, []byte) {
	done := 0 // of the payload
	for at := 0; ; {
		dash := bytes.IndexByte(payload[at:], '-')
		if dash < 0 {
			break
		}
		at += dash + 1
		start := at - 9
		if start < done || start+uuidText > len(payload) {
			continue
		}
		var is bool
		if ids, is = appendUUID(ids, payload[start:start+uuidText]); is {
			rest = append(appendMarked(rest, payload[done:start]), mark, markUUID)
			done = start + uuidText
			at = done
		}
	}
	return appendMarked(rest, payload[done:]), ids
}

// appendMarked appends bytes of a payload to a rest.
func appendMarked(rest, b []byte) []byte {
	for {
		at := bytes.IndexByte(b, mark)
		if at < 0 {
			return append(rest, b...)
		}
		rest = append(append(rest, b[:at+1]...), markItself)
		b = b[at+1:]
	}
}

// appendUUID appends the bytes of a UUID, and reports whether a text of that length is one.
func appendUUID(ids, text []byte) ([]byte, bool) {
	if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ids, false
	}
	var id [uuidSize]byte
	wrong := byte(0)
	for i, at := range uuidDigits {
		high, low := nibbles[text[at]], nibbles[text[at+1]]
		wrong |= high | low
		id[i] = high<<4 | low&0x0F
	}
	if wrong > 0x0F {
		return ids, false
	}
	return append(ids, id[:]...), true
}

// uuidDigits is where the digits of each byte of a UUID are in its text.
var uuidDigits = [uuidSize]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexDigits are the two digits of every byte.
var hexDigits = func() (t [256][2]byte) {
	const digits = "0123456789abcdef"
	for i := range t {
		t[i] = [2]byte{digits[i>>4], digits[i&0x0F]}
	}
	return t
}()

// putUUIDs appends the payload that a rest and UUIDs were made of. It reports whether there is one, of at most so many bytes.
func putUUIDs(payload, rest, ids []byte, most int) ([]byte, bool) {
	for {
		at := bytes.IndexByte(rest, mark)
		if at < 0 {
			break
		}
		payload = append(payload, rest[:at]...)
		if at+1 == len(rest) {
			return payload, false
		}
		what := rest[at+1]
		rest = rest[at+2:]
		switch {
		case what == markItself:
			payload = append(payload, mark)
		case what == markUUID && len(ids) >= uuidSize && len(payload)+uuidText <= most:
			payload = appendUUIDText(payload, ids)
			ids = ids[uuidSize:]
		default:
			return payload, false
		}
	}
	payload = append(payload, rest...)
	return payload, len(ids) == 0 && len(payload) <= most
}

func appendUUIDText(payload, id []byte) []byte {
	n := len(payload)
	payload = slices.Grow(payload, uuidText)[:n+uuidText]
	text := payload[n:]
	for i, at := range uuidDigits {
		d := &hexDigits[id[i]]
		text[at], text[at+1] = d[0], d[1]
	}
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return payload
}

// split is room for the two parts of a payload.
type split struct{ rest, ids []byte }

// splits are those that nobody uses.
var splits = sync.Pool{New: func() any { return &split{} }}

// compress appends a payload as it is stored, and returns how that is: with its UUIDs apart, where it has any.
func (s *split) compress(b, payload []byte, z *zstd.Encoder) ([]byte, byte) {
	s.rest, s.ids = takeUUIDs(s.rest[:0], s.ids[:0], payload)
	if len(s.ids) == 0 {
		return z.EncodeAll(payload, b), compressionZstd
	}
	start := len(b)
	b = z.EncodeAll(s.rest, append(b, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return z.EncodeAll(s.ids, b), compressionUUIDs
}

// room returns a buffer for so many bytes and no more, which a decompressor takes for its limit.
func room(b []byte, n int) []byte { return slices.Grow(b[:0], n)[:0:n] }

// mostKept is the size of the buffers that wait for another frame; few are larger.
const mostKept = 8 << 20

func (s *split) release() {
	if cap(s.rest)+cap(s.ids) <= mostKept {
		splits.Put(s)
	}
}

// joinUUIDs returns the payload of a frame that is stored with its UUIDs apart; nobody else has it.
func (f *frame) joinUUIDs(z *zstd.Decoder, stored []byte) (payload []byte, ok bool) {
	s := splits.Get().(*split)
	defer s.release()
	if len(stored) < 4 || uint64(binary.LittleEndian.Uint32(stored)) > uint64(len(stored)-4) {
		return nil, false
	}
	end := 4 + int(binary.LittleEndian.Uint32(stored))
	rest, ids := stored[4:end], stored[end:]
	var err error
	if s.rest, err = z.DecodeAll(rest, room(s.rest, 2*int(f.raw))); err != nil { // at most a mark for each byte
		return nil, false
	}
	if s.ids, err = z.DecodeAll(ids, room(s.ids, int(f.raw)/uuidText*uuidSize)); err != nil {
		return nil, false
	}
	payload, ok = putUUIDs(make([]byte, 0, f.raw), s.rest, s.ids, int(f.raw))
	return payload, ok && len(payload) == int(f.raw)
}
