package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"unsafe"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
)

// A frame is a header and a payload of records:
//
//	 0  4  0xF7 "TSF"
//	 4  1  kind: 1 records, 2 trailer
//	 5  1  compression of the payload: 0 none, 1 zstd, 2 zstd with UUIDs apart
//	 6  2  0
//	 8  8  sequence of the first record; of a trailer, of the next record
//	16  4  number of records
//	20  4  bytes of the payload as stored
//	24  4  bytes of the payload when decompressed
//	28  4  bytes from the start of the frame's group to the frame
//	32 32  chain after this frame
//	64  4  CRC-32C of the bytes before and of the stored payload
//	68     payload
//
// A group is what is written between two syncs, and one begins only when the one before is synced. So a whole frame proves that the file was whole up to the
// start of the frame's group when it was written: anything invalid before that was damaged later, and anything invalid without such proof may have been torn.
//
// The payload is a sequence of records:
//
//	1  kind: 1 an event in its binary form; 2, reserved, what stands for an event that was removed: its digest and its keys
//	.  length of what follows, a varint
//	.  the event
//
// The chain after a frame is the SHA-256 of the chain before it and the digests of its records; the digest of a record is the SHA-256 of its event's
// bytes. So the chain still verifies when an event is replaced by its digest, and with its keys there a copy of it is still a duplicate.
//
// With UUIDs apart, what is stored is the number of bytes of what is left of the payload when compressed, in 4 bytes; that; and the UUIDs, compressed. See uuids.go.
//
// The trailer is a frame of kind 2 without records, in a group of its own; its payload is the text of [trailerText].
const (
	frameMagic  = "\xF7TSF"
	frameHeader = 68
	maxFrame    = 32 << 20 // bytes of a payload, stored or not
	maxRecord   = 16 << 20 // bytes of an event in binary form
	fullFrame   = 2 << 20  // bytes of records at which a frame ends, unless Options say otherwise

	kindRecords = 1
	kindTrailer = 2

	compressionNone  = 0
	compressionZstd  = 1
	compressionUUIDs = 2

	recordEvent = 1

	// trailerText ends in a byte with two bits set, so that a single flipped bit never looks like a write whose last bytes did not arrive.
	trailerText = "-closed\n"
	trailerSize = frameHeader + len(trailerText)
)

// frame is a frame's header.
type frame struct {
	kind, compression  byte
	first              uint64
	count, stored, raw uint32
	behind             uint32
	chain              chain
}

func (f *frame) size() int64 { return frameHeader + int64(f.stored) }

// last returns the sequence of the last record.
func (f *frame) last() uint64 { return f.first + uint64(f.count) - 1 }

// appendFrame appends header and payload.
func appendFrame(b []byte, f frame, payload []byte) []byte {
	start := len(b)
	f.stored = uint32(len(payload))
	b = append(b, frameMagic...)
	b = append(b, f.kind, f.compression, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, f.first)
	b = binary.LittleEndian.AppendUint32(b, f.count)
	b = binary.LittleEndian.AppendUint32(b, f.stored)
	b = binary.LittleEndian.AppendUint32(b, f.raw)
	b = binary.LittleEndian.AppendUint32(b, f.behind)
	b = append(b, f.chain[:]...)
	sum := crc32.Update(crc32.Checksum(b[start:], castagnoli), castagnoli, payload)
	b = binary.LittleEndian.AppendUint32(b, sum)
	return append(b, payload...)
}

func appendTrailer(b []byte, next uint64, c chain) []byte {
	return appendFrame(b, frame{kind: kindTrailer, first: next, chain: c}, []byte(trailerText))
}

// parseFrame reads a frame's header, without its checksum; what it says instead is why the bytes are none.
func parseFrame(b []byte) (f frame, problem string) {
	if len(b) < frameHeader {
		return f, "it ends within the header of a frame"
	}
	if !bytes.HasPrefix(b, []byte(frameMagic)) {
		return f, "no frame begins here"
	}
	f = frame{
		kind:        b[4],
		compression: b[5],
		first:       binary.LittleEndian.Uint64(b[8:]),
		count:       binary.LittleEndian.Uint32(b[16:]),
		stored:      binary.LittleEndian.Uint32(b[20:]),
		raw:         binary.LittleEndian.Uint32(b[24:]),
		behind:      binary.LittleEndian.Uint32(b[28:]),
		chain:       chain(b[32:64]),
	}
	switch {
	case f.kind != kindRecords && f.kind != kindTrailer:
		return f, fmt.Sprintf("a frame is of kind %d", f.kind)
	case f.stored > maxFrame || f.raw > maxFrame || f.count > f.raw:
		return f, "the sizes of a frame are too large"
	case f.kind == kindTrailer && (f.count > 0 || f.stored != uint32(len(trailerText))):
		return f, "a trailer has records"
	case f.kind == kindRecords && f.count == 0:
		return f, "a frame has no records"
	}
	return f, ""
}

// checkFrame compares the checksum of a whole frame in b.
func checkFrame(b []byte) bool {
	sum := crc32.Update(crc32.Checksum(b[:64], castagnoli), castagnoli, b[frameHeader:])
	return sum == binary.LittleEndian.Uint32(b[64:])
}

// decompress returns the records of a frame with this stored payload. The result may be kept.
func (f *frame) decompress(z *zstd.Decoder, payload []byte) (string, string) {
	switch f.compression {
	case compressionNone:
		if len(payload) != int(f.raw) {
			return "", "a payload has not the length that its frame says"
		}
		return string(payload), ""
	case compressionZstd:
		raw, err := z.DecodeAll(payload, make([]byte, 0, f.raw))
		if err != nil || len(raw) != int(f.raw) {
			return "", "a payload can't be decompressed"
		}
		return unsafe.String(unsafe.SliceData(raw), len(raw)), "" // nobody else has raw, so it never changes
	case compressionUUIDs:
		raw, ok := f.joinUUIDs(z, payload)
		if !ok {
			return "", "a payload can't be decompressed"
		}
		return unsafe.String(unsafe.SliceData(raw), len(raw)), ""
	}
	return "", fmt.Sprintf("a payload has compression %d", f.compression)
}

// splitRecord takes the first record off a decompressed payload.
func splitRecord(payload string) (event, rest, problem string) {
	if payload == "" {
		return "", "", "a frame has fewer records than it says"
	}
	if payload[0] != recordEvent {
		return "", "", fmt.Sprintf("a record is of kind %d", payload[0])
	}
	var n uint64
	i := 1
	for shift := 0; ; shift += 7 {
		if i == len(payload) || shift > 28 {
			return "", "", "the length of a record does not end"
		}
		c := payload[i]
		i++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			break
		}
	}
	if n > uint64(len(payload)-i) {
		return "", "", "a record is longer than its frame"
	}
	return payload[i : i+int(n)], payload[i+int(n):], ""
}

// appendRecords decodes the records of a frame, but those before the sequence from. They hold references into payload.
func (f *frame) appendRecords(records []tallystick.Record, log uint32, payload string, from uint64) ([]tallystick.Record, string) {
	for i := range uint64(f.count) {
		event, rest, problem := splitRecord(payload)
		if problem != "" {
			return records, problem
		}
		payload = rest
		if f.first+i < from {
			continue
		}
		e, err := tallystick.DecodeEvent(event)
		if err != nil {
			return records, err.Error()
		}
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: log, Sequence: f.first + i}, Event: e})
	}
	if payload != "" {
		return records, "a frame has more records than it says"
	}
	return records, ""
}

// next returns the chain after a frame, from its records and the chain before it.
func (c chain) next(f *frame, payload string) (chain, string) {
	h := sha256.New()
	h.Write(c[:])
	for range f.count {
		event, rest, problem := splitRecord(payload)
		if problem != "" {
			return c, problem
		}
		payload = rest
		d := sha256.Sum256([]byte(event))
		h.Write(d[:])
	}
	if payload != "" {
		return c, "a frame has more records than it says"
	}
	return chain(h.Sum(nil)), ""
}
