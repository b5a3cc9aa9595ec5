package journal

import (
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// FuzzFrame decodes arbitrary bytes as a frame: whatever they are, decoding ends with records or with a problem, and records of a payload that was accepted come
// back in the number that the frame says.
func FuzzFrame(f *testing.F) {
	d, _ := small(f, Options{}, true)
	names, _ := segmentFiles(f, d)
	content, err := disk.ReadFile(d, names[0])
	if err != nil {
		f.Fatal(err)
	}
	first, _ := parseFrame(content[headerSize:])
	f.Add(content[headerSize : headerSize+first.size()])
	f.Add(content[len(content)-trailerSize:])
	z, err := newDecoder(1)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(z.Close)
	// The payload as it is inside, which checksum and compression would else keep from being fuzzed.
	raw, _ := first.decompress(z, content[headerSize+frameHeader:headerSize+first.size()])
	first.compression = compressionNone
	f.Add(appendFrame(nil, first, []byte(raw)))

	f.Fuzz(func(t *testing.T, b []byte) {
		fr, problem := parseFrame(b)
		if problem != "" {
			return
		}
		if fr.size() > int64(len(b)) {
			return
		}
		checkFrame(b[:fr.size()])
		stored := b[frameHeader:fr.size()]
		if fr.raw > 1<<20 {
			return // only slow
		}
		payload, problem := fr.decompress(z, stored)
		if problem != "" {
			return
		}
		records, problem := fr.appendRecords(nil, theLog, payload, 0)
		if _, chained := (chain{}).next(&fr, payload); problem == "" && chained != "" {
			t.Errorf("records are fine, the chain says %s", chained)
		}
		if problem == "" && len(records) != int(fr.count) {
			t.Errorf("%d records of %d", len(records), fr.count)
		}
	})
}

// FuzzSegment opens and reads arbitrary bytes as the newest segment: no panic, and every refusal is an error that names the file or says what was cut off.
func FuzzSegment(f *testing.F) {
	for _, clean := range []bool{true, false} {
		d, _ := small(f, Options{}, clean)
		names, _ := segmentFiles(f, d)
		content, err := disk.ReadFile(d, names[0])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
		f.Add(content[:len(content)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := disktest.New()
		if err := d.MkdirAll("/data/journal"); err != nil {
			t.Fatal(err)
		}
		if err := disk.WriteFile(d, segmentPath("/data/journal", 1), b); err != nil {
			t.Fatal(err)
		}
		r, err := OpenReader(t.Context(), d, "/data/journal")
		if err != nil {
			return
		}
		var n uint64
		err = r.Read(t.Context(), tallystick.Position{}, func(records []tallystick.Record) error { n += uint64(len(records)); return nil })
		if err == nil && n != r.Head().Sequence {
			t.Errorf("%d records up to %v", n, r.Head())
		}
		Verify(t.Context(), d, "/data/journal", nil)
	})
}

func FuzzHeader(f *testing.F) {
	f.Add(header{log: 1, number: 2, first: 3, chain: chain{4}}.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, problem := parseHeader(b)
		if problem == "" && string(h.append(nil)) != string(b[:headerSize]) && b[10] == 0 && b[11] == 0 {
			t.Errorf("%x was read as %+v", b, h)
		}
	})
}
