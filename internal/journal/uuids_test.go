package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// throughUUIDs takes a payload apart and puts it together again.
func throughUUIDs(t testing.TB, payload []byte) (rest, ids []byte) {
	t.Helper()
	rest, ids = takeUUIDs(nil, nil, payload)
	back, ok := putUUIDs(nil, rest, ids, len(payload))
	if !ok || !bytes.Equal(back, payload) {
		t.Errorf("%q\ncame back as\n%q, %v, from\n%q and %x", payload, back, ok, rest, ids)
	}
	return rest, ids
}

func TestUUIDsAreTakenOut(t *testing.T) {
	const id, bytes = "0f8fad5b-d9cb-469f-a165-70867728950e", "\x0f\x8f\xad\x5b\xd9\xcb\x46\x9f\xa1\x65\x70\x86\x77\x28\x95\x0e"
	for _, c := range []struct{ payload, rest, ids string }{
		{"", "", ""},
		{id, "\xFF\x01", bytes},
		{"$" + id + "$" + id + "x", "$\xFF\x01$\xFF\x01x", bytes + bytes},
		{"a-b-" + id + "-c", "a-b-\xFF\x01-c", bytes},
		{id + id, "\xFF\x01\xFF\x01", bytes + bytes},
		{"0" + id, "0\xFF\x01", bytes},
		{"\xFF" + id + "\xFF\x01", "\xFF\x00\xFF\x01\xFF\x00\x01", bytes},
		{"0F8FAD5B-D9CB-469F-A165-70867728950E", "0F8FAD5B-D9CB-469F-A165-70867728950E", ""},
		{"0f8fad5b-d9cb-469f-a165_70867728950e", "0f8fad5b-d9cb-469f-a165_70867728950e", ""},
		{"0f8fad5b-d9cb-469f-a165-70867728950", "0f8fad5b-d9cb-469f-a165-70867728950", ""},
		{"0f8fad5b-d9cb-469f-a165-7086772895-e", "0f8fad5b-d9cb-469f-a165-7086772895-e", ""},
		{"------------------------------------", "------------------------------------", ""},
	} {
		if rest, ids := throughUUIDs(t, []byte(c.payload)); string(rest) != c.rest || string(ids) != c.ids {
			t.Errorf("%q: rest %q and ids %x", c.payload, rest, ids)
		}
	}
}

func TestUUIDsThatWereNotTaken(t *testing.T) {
	for _, c := range []struct{ rest, ids string }{
		{"a\xFF", ""}, {"\xFF\x02", ""}, {"\xFF\x01", "0123456789abcde"}, {"a", "0123456789abcdef"}, {"\xFF\x01", "0123456789abcdef0"},
		{"0123456789012345678901234567890123456789a", ""}, {"01234\xFF\x01", "0123456789abcdef"},
	} {
		if payload, ok := putUUIDs(nil, []byte(c.rest), []byte(c.ids), 40); ok {
			t.Errorf("%q with %q gives %q", c.rest, c.ids, payload)
		}
	}
}

// FuzzUUIDs: whatever a payload is, it comes back.
func FuzzUUIDs(f *testing.F) {
	f.Add([]byte("\xFF\x01-0f8fad5b-d9cb-469f-a165-70867728950e-\x00"))
	f.Fuzz(func(t *testing.T, payload []byte) { throughUUIDs(t, payload) })
}

// Payloads of pieces that may be a UUID, or nearly.
func TestUUIDsInAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 20_000 {
		var b []byte
		for range r.IntN(12) {
			switch r.IntN(6) {
			case 0:
				b = append(b, []string{"-", "\xFF", "\xFF\x01", "$", "0123", "abcdef01-"}[r.IntN(6)]...)
			case 1:
				b = append(b, byte(r.Uint32()))
			default:
				id := []byte(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16), r.Uint64()>>16))
				if r.IntN(4) == 0 {
					id[r.IntN(len(id))] = "-g0A\xFF"[r.IntN(5)]
				}
				b = append(b, id[r.IntN(4)/3:]...)
			}
		}
		throughUUIDs(t, b)
	}
}

// zstandard returns a compressor as a journal has it, and a decompressor.
func zstandard(t testing.TB) (*zstd.Encoder, *zstd.Decoder) {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDecoder(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return z, d
}

// BenchmarkCompress compresses and decompresses payloads of believable messages with random UUIDs, as they are and with the UUIDs apart.
func BenchmarkCompress(b *testing.B) {
	var payload []byte
	const events = 4096
	for _, e := range believables(true)[:events] {
		payload = e.AppendBinary(payload)
	}
	z, d := zstandard(b)
	f := &frame{compression: compressionZstd, raw: uint32(len(payload))}
	whole := z.EncodeAll(payload, nil)
	var s split
	apart, _ := s.compress(nil, payload, z)
	for _, c := range []struct {
		name        string
		stored      []byte
		compression byte
		compress    func(b []byte) []byte
	}{
		{"whole", whole, compressionZstd, func(b []byte) []byte { return z.EncodeAll(payload, b) }},
		{"UUIDs apart", apart, compressionUUIDs, func(b []byte) []byte { b, _ = s.compress(b, payload, z); return b }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var into []byte
			for b.Loop() {
				into = c.compress(into[:0])
			}
			b.ReportMetric(float64(len(c.stored))/events, "B/event")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
		})
		b.Run(c.name+", back", func(b *testing.B) {
			f.compression = c.compression
			for b.Loop() {
				if _, problem := f.decompress(d, c.stored); problem != "" {
					b.Fatal(problem)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
		})
	}
}

// TestFramesThatAreCompressedWhole, as they were before UUIDs were stored apart: a payload that was compressed whole is read.
func TestFramesThatAreCompressedWhole(t *testing.T) {
	z, d := zstandard(t)
	const payload = "\x01\x240f8fad5b-d9cb-469f-a165-70867728950e"
	f := &frame{compression: compressionZstd, raw: uint32(len(payload))}
	if got, problem := f.decompress(d, z.EncodeAll([]byte(payload), nil)); got != payload || problem != "" {
		t.Errorf("%q, %s", got, problem)
	}
}

// TestStoredUUIDsThatLie: a stored payload whose parts are not what it says is a problem, and no panic.
func TestStoredUUIDsThatLie(t *testing.T) {
	z, d := zstandard(t)
	payload := []byte("\x01\x240f8fad5b-d9cb-469f-a165-70867728950e")
	var s split
	whole, _ := s.compress(nil, payload, z)
	bomb := z.EncodeAll(make([]byte, 1<<20), nil) // a megabyte of nothing
	large := append(binary.LittleEndian.AppendUint32(nil, uint32(len(bomb))), bomb...)
	for _, c := range []struct {
		stored string
		raw    int
		ok     bool
	}{
		{string(whole), len(payload), true}, {string(whole), len(payload) - 1, false}, {string(whole), len(payload) + 1, false},
		{"", 0, false}, {"\x00\x00\x00", 0, false}, {"\x01\x00\x00\x00", 0, false}, {"\xFF\xFF\xFF\xFF" + string(whole[4:]), len(payload), false},
		{string(append(large, z.EncodeAll(nil, nil)...)), len(payload), false}, {string(append(large, bomb...)), len(payload), false},
	} {
		f := &frame{compression: compressionUUIDs, raw: uint32(c.raw)}
		if got, problem := f.decompress(d, []byte(c.stored)); (problem == "") != c.ok || c.ok && got != string(payload) {
			t.Errorf("%q of %d bytes: %q, %q", c.stored, c.raw, got, problem)
		}
	}
}
