package ingest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// window compresses data with a window of that size, as a stream whose length is not known.
func window(t *testing.T, size int, data string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithWindowSize(size), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, data)
	z.Flush() // or else it would know the length after all
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMemoryOfAnInputIsAskedFor(t *testing.T) {
	const line = "{\"id\":\"1\"}\n"
	short := strings.Repeat(line, 10)
	long := short + strings.Repeat(" ", 1<<20)
	for _, c := range []struct {
		what, input string
		least, most int64
	}{
		{"a short one", short, int64(len(short)), 1 << 10},
		{"a long line without an end", long, 1 << 20, 3 << 20},
		{"gzip", gzipped(short), gzipBytes, gzipBytes + 1<<10},
		{"zstd of a large window", window(t, 8<<20, short), 8<<20 + zstdBytes, 9 << 20},
		{"zstd of a small window", window(t, 64<<10, short), leastWindow + zstdBytes, 2 << 20},
		{"zstd that begins with nothing", "\x28\xb5\x2f\xfd", maxWindowHTTP, 9 << 20},
	} {
		t.Run(c.what, func(t *testing.T) {
			var held int64
			o := Options{MaxDecompressed: MaxBodyDecompressed, Hold: func(n int64) error { held += n; return nil }}
			events := 0
			for items := range Stream(t.Context(), strings.NewReader(c.input), NDJSON, &Decoder{Now: time.Now}, o) {
				events += len(items)
			}
			if held < c.least || held > c.most {
				t.Errorf("%d events held %d bytes, want %d to %d", events, held, c.least, c.most)
			}
		})
	}
	t.Run("a frame behind the first does not take more", func(t *testing.T) {
		input := window(t, 64<<10, short) + window(t, 8<<20, short)
		o := Options{MaxDecompressed: MaxBodyDecompressed, Hold: func(int64) error { return nil }}
		var last error
		for _, err := range Stream(t.Context(), strings.NewReader(input), NDJSON, &Decoder{Now: time.Now}, o) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "too large a window") {
			t.Errorf("it ends with %v", last)
		}
	})
	t.Run("what is refused ends the stream behind what was read", func(t *testing.T) {
		full := errors.New("full")
		var held int64
		o := Options{Hold: func(n int64) error {
			if held += n; held > 512<<10 {
				return full
			}
			return nil
		}}
		events, last := 0, error(nil)
		for items, err := range Stream(t.Context(), strings.NewReader(long), NDJSON, &Decoder{Now: time.Now}, o) {
			events += len(items)
			last = err
		}
		if events != 10 || !errors.Is(last, full) {
			t.Errorf("%d events, and then %v", events, last)
		}
		held = 0
		if _, err := ReadAll(t.Context(), strings.NewReader(long), o); !errors.Is(err, full) {
			t.Errorf("read whole: %v", err)
		}
	})
}
