package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
)

// answer prints everything a stream gives: a line an item, and the error at the end.
func answer(t testing.TB, r io.Reader, f Format, d *Decoder, o Options) string {
	t.Helper()
	var b strings.Builder
	for items, err := range Stream(context.Background(), r, f, d, o) {
		if err != nil {
			if items != nil {
				t.Error("an error came together with items")
			}
			fmt.Fprintf(&b, "end: %s: %v\n", tallystick.CodeOf(err), err)
			continue
		}
		if len(items) == 0 {
			t.Error("an empty batch came")
		}
		for _, i := range items {
			fmt.Fprintf(&b, "%d ", i.Line)
			if i.Err != nil {
				fmt.Fprintf(&b, "%v, %d bytes, digest %x…, %d kept\n", i.Err.Path+": "+i.Err.Message, i.Length, i.Digest[:2], len(i.Raw))
				continue
			}
			if i.Raw != nil || i.Digest != [sha256.Size]byte{} || i.Rule+i.Tenant+i.Source != "" || i.Length == 0 {
				t.Error("an accepted item has the fields of a rejected one")
			}
			b.WriteString(describe(i.Event, nil))
		}
	}
	return b.String()
}

// bot is a right event of about size bytes.
func bot(id string, size int) string {
	begin := `{"id":"` + id + `","source":"s","tenant":"t","time":"2025-03-01T09:00:00Z","type":"bot.upserted","data":{"bot_id":"` + id + `","name":"`
	return begin + strings.Repeat("n", max(0, size-len(begin)-3)) + `"}}`
}

func gzipped(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		io.WriteString(w, p)
		w.Close()
	}
	return b.String()
}

func zstded(parts ...string) string {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<16))
	var b []byte
	for _, p := range parts {
		b = w.EncodeAll([]byte(p), b)
	}
	return string(b)
}

func TestFormatsAgree(t *testing.T) {
	events := []string{bot("a", 0), `{"id":"b"}`, bot("c", 200), `{"id":"d\ud800"}`, bot("e", 100_000), `17`, bot("f", 2<<20), bot("g", 0)}
	for i := range 5000 { // more than two blocks hold
		events = append(events, bot(fmt.Sprint("n", i), 300))
	}
	want := everything(t, strings.NewReader(strings.Join(events, "\n")), NDJSON, Options{})
	if want.items != len(events) || want.rejected != 4 {
		t.Fatalf("of the %d lines %d came, %d rejected", len(events), want.items, want.rejected)
	}
	lines := strings.Join(events, "\n") + "\n"
	for _, c := range []struct {
		name, input string
		format      Format
	}{
		{"lines", lines, Auto},
		{"lines with carriage returns", strings.ReplaceAll(lines, "\n", "\r\n"), Auto},
		{"lines behind a byte order mark", "\ufeff" + lines, Auto},
		{"gzip", gzipped(lines), Auto},
		{"gzip of three members", gzipped(lines[:1000], lines[1000:5000], lines[5000:]), NDJSON},
		{"zstd", zstded(lines), Auto},
		{"zstd of two frames", zstded(lines[:70000], lines[70000:]), Auto},
		{"array", "[" + strings.Join(events, ",") + "]", Auto},
		{"array on lines", "\ufeff [\n  " + strings.Join(events, ",\n  ") + "\r\n]\n\n", Batch},
		{"array, gzip", gzipped("[" + strings.Join(events, ",") + "]"), Auto},
		{"values", strings.Join(events, " "), JSON},
	} {
		for _, workers := range []int{0, 1, 3} {
			t.Run(fmt.Sprintf("%s, %d workers", c.name, workers), func(t *testing.T) {
				if got := everything(t, strings.NewReader(c.input), c.format, Options{Workers: workers}); got != want {
					t.Fatalf("got %+v, want %+v", got, want)
				}
			})
		}
		t.Run(c.name+" in small pieces", func(t *testing.T) {
			if got := everything(t, iotest.HalfReader(strings.NewReader(c.input)), c.format, Options{}); got != want {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		})
	}
}

// outcome is all that a stream of many events gave, in short.
type outcome struct {
	items, rejected int
	digest          [sha256.Size]byte
}

func everything(t *testing.T, r io.Reader, f Format, o Options) outcome {
	t.Helper()
	var all outcome
	digest := sha256.New()
	var b []byte
	for items, err := range Stream(context.Background(), r, f, newDecoder(), o) {
		if err != nil {
			t.Fatal(err)
		}
		all.items += len(items)
		for _, i := range items {
			b = i.Event.AppendBinary(fmt.Appendln(b[:0], i.Line, i.Err, i.Length, i.Digest))
			digest.Write(append(b, i.Raw...))
			if i.Err != nil {
				all.rejected++
			}
		}
	}
	all.digest = [sha256.Size]byte(digest.Sum(nil))
	return all
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %.300s\nwant %.300s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines came instead of %d", len(g), len(w))
}

func TestStream(t *testing.T) {
	a, b := bot("a", 0), bot("b", 0)
	ok := func(line int, id string) string {
		return fmt.Sprintf("%d   ✓ 2025-03-01T09:00:00Z bot.upserted of t/%s from s\n    bot_id = %q\n    name = \"\"\n", line, id, id)
	}
	pretty := func(s string) string { return strings.NewReplacer("{", "{\n  ", ",", ",\n  ").Replace(s) }
	zip := gzipped(a + "\n" + b + "\n")
	zst := zstded(a + "\n" + b + "\n")
	for _, c := range []struct {
		name, input string
		format      Format
		options     Options
		want        string
	}{
		{name: "nothing", input: "", want: ""},
		{name: "only a byte order mark", input: "\ufeff", want: ""},
		{name: "only white space", input: " \r\n\n", want: ""},
		{name: "nothing in gzip", input: gzipped(""), want: ""},
		{name: "an empty array", input: " [ \n]", want: ""},
		{name: "one event", input: a, want: ok(1, "a")},
		{name: "one event on many lines", input: pretty(a), want: ok(1, "a")},
		{name: "events on many lines", input: pretty(a) + "\n" + pretty(b), want: ok(1, "a") + ok(2, "b")},
		{name: "an event on many lines given as lines", input: "{\n}", format: NDJSON,
			want: "1 : not valid JSON: it ends after 1 bytes, where a name in quotes was expected, 1 bytes, digest 021f…, 1 kept\n" +
				"2 : not valid JSON: '}' at byte 1, where a value was expected, 1 bytes, digest d10b…, 1 kept\n"},
		{name: "blank lines count", input: "\n\r\n" + a + "\n \t\n" + b, want: ok(3, "a") + ok(5, "b")},
		{name: "half a line at the end", input: a + "\n" + b[:40],
			want: ok(1, "a") + "2 : not valid JSON: it ends after 40 bytes, where \" was expected, 40 bytes, digest 2981…, 40 kept\n"},
		{name: "half a line in front", input: a[:40] + "\n" + a + "\n" + b, want: "1 : not valid JSON: it ends after 40 bytes\n" + ok(2, "a") + ok(3, "b")},
		{name: "half a line at the beginning", input: b[40:] + "\n" + a,
			want: "1 : not valid JSON: 'e' at byte 1, where a value was expected, 80 bytes\n" + ok(2, "a")},
		{name: "NUL bytes between lines", input: a + "\n\x00\x00\x00\n" + b,
			want: ok(1, "a") + "2 : not valid JSON: '\\x00' at byte 1, where a value was expected\n" + ok(3, "b")},
		{name: "an array of lines without an end", input: "[" + a + ",\n" + b, want: ok(1, "a") + ok(2, "b") +
			"end: invalid: the input ends after event 2, where \",\" or \"]\" was expected; it was probably not copied whole\n"},
		{name: "an array cut off in an element", input: "[" + a + "," + b[:30], want: ok(1, "a") + "2 : not valid JSON: it ends\n" +
			"end: invalid: the input ends after event 2, where \",\" or \"]\" was expected; it was probably not copied whole\n"},
		{name: "an array cut off behind a comma", input: "[" + a + ",", want: ok(1, "a") +
			"end: invalid: the input ends after event 1, where an event was expected; it was probably not copied whole\n"},
		{name: "an array with a comma too many", input: "[" + a + ",]", want: ok(1, "a") +
			"end: invalid: ']' after event 1, in line 1, where an event was expected\n"},
		{name: "an array without a comma", input: "[\n" + a + "\n" + b + "]", want: ok(1, "a") +
			"end: invalid: '{' after event 1, in line 3, where \",\" or \"]\" was expected\n"},
		{name: "something behind an array", input: "[" + a + "]\n" + b, want: ok(1, "a") +
			"end: invalid: '{' after event 1, in line 2, where the end was expected\n"},
		{name: "an array where lines are due", input: "[" + a + "]", format: NDJSON,
			want: "1 : an event is a JSON object, not an array\n"},
		{name: "no array where one is due", input: a, format: Batch,
			want: "end: invalid: '{' after event 0, in line 1, where \"[\" was expected\n"},
		{name: "nothing where an array is due", input: "", format: Batch,
			want: "end: invalid: the input ends after event 0, where \"[\" was expected; it was probably not copied whole\n"},
		{name: "values with a comma", input: a + "," + b, format: JSON, want: ok(1, "a") +
			"end: invalid: ',' after event 1, in line 1, where an event was expected\n"},
		{name: "gzip cut off", input: zip[:len(zip)-30], want: "end: invalid: the gzip data is cut off, after line 0; the file was probably not copied whole\n"},
		{name: "gzip cut off in its header", input: zip[:4], want: "end: invalid: the gzip data is cut off; the file was probably not copied whole\n"},
		{name: "gzip with a wrong checksum", input: zip[:len(zip)-6] + "xxxxxx", want: ok(1, "a") + ok(2, "b") +
			"end: invalid: the gzip data is damaged: gzip: invalid checksum, after line 2\n"},
		{name: "something behind gzip", input: gzipped(a+"\n") + "tail", want: ok(1, "a") + "end: invalid: the gzip data is cut off, after line 1\n"},
		{name: "zstd cut off", input: zst[:len(zst)-9], want: "end: invalid: the zstd data is cut off; the file was probably not copied whole\n"},
		{name: "zstd damaged", input: zst[:60] + "damage" + zst[66:], want: "end: invalid: the zstd data is damaged"},
		{name: "another compression", input: "BZh91AY&SY", want: "end: invalid: the input is compressed with bzip2; decompress it, or use gzip or zstd\n"},
		{name: "UTF-16", input: "\xff\xfe{\x00", want: "end: invalid: the input is in UTF-16; convert it to UTF-8\n"},
		{name: "something else", input: "id,source\n1,2\n", want: `end: invalid: the input does not look like events: it begins with "id,source"; events are`},
		{name: "something else, named lines", input: "id\n1\n", format: NDJSON, want: "1 : not valid JSON: 'i' at byte 1\n2 : an event is a JSON object\n"},
		{name: "as many events as allowed", input: a + "\n" + b, options: Options{MaxEvents: 2}, want: ok(1, "a") + ok(2, "b")},
		{name: "more events than allowed", input: a + "\n" + b, options: Options{MaxEvents: 1}, want: ok(1, "a") + "end: too_large: there are more than 1 events; send them in parts\n"},
		{name: "as many bytes as allowed", input: a, options: Options{MaxBytes: int64(len(a))}, want: ok(1, "a")},
		{name: "more bytes than allowed", input: a, options: Options{MaxBytes: int64(len(a)) - 1},
			want: fmt.Sprintf("end: too_large: the input has more than %d bytes; send it in parts\n", len(a)-1)},
		{name: "more decompressed bytes than allowed", input: zip, options: Options{MaxDecompressed: int64(len(a))},
			want: fmt.Sprintf("end: too_large: the decompressed input has more than %d bytes; send it in parts\n", len(a))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := answer(t, strings.NewReader(c.input), c.format, newDecoder(), c.options)
			if !matches(got, c.want) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if again := answer(t, iotest.OneByteReader(strings.NewReader(c.input)), c.format, newDecoder(), Options{Workers: 1, MaxBytes: c.options.MaxBytes,
				MaxDecompressed: c.options.MaxDecompressed, MaxEvents: c.options.MaxEvents}); again != got && len(c.input) < 1000 {
				t.Errorf("byte by byte it is\n%s\ninstead of\n%s", again, got)
			}
		})
	}
}

// matches reports whether each line of got begins with the line of want in its place; digests are not compared.
func matches(got, want string) bool {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) && strings.HasSuffix(want, "\n") {
		return false
	}
	for i := range w {
		w, _, _ := strings.Cut(w[i], ", digest")
		if i >= len(g) || !strings.HasPrefix(g[i], w) {
			return false
		}
	}
	return true
}

// endless gives a text of a length without holding it.
type endless struct {
	before, text, after string
	times               int
}

func (e *endless) reader() io.Reader {
	return io.MultiReader(strings.NewReader(e.before), &repeater{e.text, e.times, ""}, strings.NewReader(e.after))
}

type repeater struct {
	text  string
	times int
	rest  string
}

func (r *repeater) Read(b []byte) (int, error) {
	if r.rest == "" {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.rest = r.text
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestLongLine(t *testing.T) {
	pieces := 40
	if os.Getenv("TALLYSTICK_LONG") != "" {
		pieces = 3200 // 200 MB
	}
	piece := strings.Repeat("long ", 13107) // 64 KiB
	for _, c := range []struct {
		name, begin, between, end string
		format                    Format
	}{
		{"line", "", "\n", "\n", NDJSON},
		{"line with carriage returns", "", "\r\n", "\r\n", NDJSON},
		{"last line", "", "\n", "", NDJSON},
		{"element", "[", ",", "]", Batch},
		{"value", "", " ", "", JSON},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := endless{before: c.begin + bot("a", 0) + c.between + `{"id":"`, text: piece, times: pieces, after: `"}`}
			if c.name != "last line" {
				e.after += c.between + bot("b", 0) + c.end
			}
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var items []Item
			for batch, err := range Stream(context.Background(), e.reader(), c.format, newDecoder(), Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, batch...)
			}
			runtime.ReadMemStats(&now)
			if got := now.TotalAlloc - before.TotalAlloc; got > 8<<20 {
				t.Errorf("%d bytes were allocated for a line of %d", got, pieces*len(piece))
			}
			if c.name == "last line" {
				items = append(items, Item{Line: 3})
			}
			if len(items) != 3 || items[0].Err != nil || items[1].Err == nil || items[2].Err != nil {
				t.Fatalf("%d items came", len(items))
			}
			raw := `{"id":"` + strings.Repeat(piece, pieces) + `"}`
			long := items[1]
			if long.Err.Code != tallystick.TooLarge || !strings.Contains(long.Err.Message, "1048576") {
				t.Errorf("the error is %v", long.Err)
			}
			if long.Length != int64(len(raw)) || long.Digest != sha256.Sum256([]byte(raw)) || string(long.Raw) != raw[:MaxRaw] || long.Line != 2 || items[2].Line != 3 {
				t.Errorf("length %d of %d, %d kept, in line %d before line %d", long.Length, len(raw), len(long.Raw), long.Line, items[2].Line)
			}
		})
	}
}

// TestMemory reads a large file and looks at the heap on the way.
func TestMemory(t *testing.T) {
	lines := strings.Repeat(bot("a", 300)+"\n", 200)
	times := 600 // 36 MB
	for _, small := range []bool{false, true} {
		if small {
			lines, times = strings.Repeat("1\n", 10000), 40
		}
		var most uint64
		n := 0
		for items, err := range Stream(context.Background(), &repeater{text: lines, times: times}, NDJSON, newDecoder(), Options{Workers: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			if n += len(items); n/40_000 != (n-len(items))/40_000 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		if want := strings.Count(lines, "\n") * times; n != want {
			t.Errorf("%d items of %d", n, want)
		}
		if most > 24<<20 {
			t.Errorf("%d bytes of heap are in use", most)
		}
	}
}

func TestCancel(t *testing.T) {
	lines := strings.Repeat(bot("a", 300)+"\n", 200)
	for _, workers := range []int{0, 2} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithCancel(context.Background())
			var last error
			n := 0
			for _, err := range Stream(ctx, &repeater{text: lines, times: 1 << 30}, NDJSON, newDecoder(), Options{Workers: workers}) {
				if n++; n == 3 {
					cancel()
				}
				last = err
			}
			cancel()
			if !errors.Is(last, context.Canceled) {
				t.Errorf("the last error is %v", last)
			}
			for range Stream(context.Background(), &repeater{text: lines, times: 1 << 30}, NDJSON, newDecoder(), Options{Workers: workers}) {
				break
			}
			if now := runtime.NumGoroutine(); now > before {
				t.Errorf("%d goroutines are left", now-before)
			}
		})
	}
}

func TestReadError(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, input := range []string{bot("a", 0) + "\n" + bot("b", 0), gzipped(bot("a", 3000) + "\n")[:100], ""} {
		r := io.MultiReader(strings.NewReader(input), iotest.ErrReader(disk))
		var last error
		for _, err := range Stream(context.Background(), r, NDJSON, newDecoder(), Options{Workers: 1}) {
			last = err
		}
		if !errors.Is(last, disk) {
			t.Errorf("the error is %v", last)
		}
	}
	for _, err := range Stream(context.Background(), stuck{}, NDJSON, newDecoder(), Options{}) {
		if !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("the error is %v", err)
		}
	}
}

// stuck is a broken reader.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestFormatOf(t *testing.T) {
	for contentType, want := range map[string]Format{
		"application/cloudevents+json": JSON, "application/cloudevents+json; charset=UTF-8": JSON, "Application/CloudEvents-Batch+JSON;charset=utf-8": Batch,
		"application/x-ndjson": NDJSON, "application/jsonl": NDJSON, "application/json": Auto, "text/plain": "", "": "",
	} {
		if got, ok := FormatOf(contentType); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", contentType, got, ok)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for _, f := range Formats {
		if got, err := ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("%s is read as %q, %v", f, got, err)
		}
	}
	if _, err := ParseFormat("csv"); tallystick.CodeOf(err) != tallystick.Invalid || !slices.Contains(Formats, NDJSON) {
		t.Errorf("csv is read with %v", err)
	}
}
