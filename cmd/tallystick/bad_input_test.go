package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Whatever comes in: the good events around it count, what is bad is named with its line, and nothing is lost.

func TestBadLinesSpoilOnlyThemselves(t *testing.T) {
	good := upsert("1", "acme", "b1")
	for _, test := range []struct {
		name, line string
		says       string
	}{
		{"half a line at the end", `{"id":"2","source":"test","ty`, "not valid JSON"},
		{"NUL bytes", "{\"id\":\"a\x00b\"}\n", "not valid JSON"},
		{"only NUL bytes", "\x00\x00\x00\x00\n", "not valid JSON"},
		{"invalid UTF-8", "{\"id\":\"\xff\xfe\",\"source\":\"test\"}\n", "UTF-8"},
		{"a zone that is no IANA name", `{"id":"3","source":"test","type":"tenant.upserted","tenant":"acme","data":{"time_zone":"EST5"}}` + "\n", "time_zone"},
		{"an unknown type", `{"id":"3","source":"test","type":"tea.drunk","tenant":"acme","data":{}}` + "\n", `unknown type "tea.drunk"`},
		{"a required field that is missing", `{"id":"3","source":"test","type":"bot.upserted","tenant":"acme","data":{}}` + "\n", "data.bot_id"},
		{"an event of the future", `{"id":"3","source":"test","type":"bot.upserted","tenant":"acme","time":"2031-01-01T00:00:00Z","data":{"bot_id":"b"}}` + "\n", "ahead"},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			file := write(t, "events.jsonl", []byte(good+test.line))
			r := tally("import", "--data", data, file).must(t, done)
			r.counts(t, 1, 0, 1)
			if !strings.Contains(r.stderr, "rejected "+file+":2: ") || !strings.Contains(r.stderr, test.says) || !strings.Contains(r.stderr, "tallystick quarantine list") {
				t.Errorf("stderr: %s", r.stderr)
			}
			tally("import", "--data", data, "--strict", file).must(t, rejected).counts(t, 0, 1, 1)
			tally("import", "--data", data, "--strict", write(t, "good.jsonl", []byte(good))).must(t, done).counts(t, 0, 1, 0)
		})
	}
}

func TestAConflictingDuplicateIsToldApart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	lines := upsert("1", "acme", "b1") + upsert("1", "acme", "b1") + upsert("1", "acme", "b2")
	r := tallyWith(context.Background(), strings.NewReader(lines), nil, "import", "--data", data, "-").must(t, done)
	r.counts(t, 1, 2, 0)
	if !strings.Contains(r.stdout, "duplicate  2, 1 of them conflicting") {
		t.Errorf("stdout: %s", r.stdout)
	}
}

func TestUnknownFieldsAreCounted(t *testing.T) {
	line := strings.Replace(upsert("1", "acme", "b1"), `"bot_id"`, `"colour":"red","bot_id"`, 1)
	r := tallyWith(context.Background(), strings.NewReader(line+strings.Replace(line, `"1"`, `"2"`, 1)), nil, "import", "--data", t.TempDir(), "-").must(t, done)
	if !strings.Contains(r.stderr, `unknown field "colour" in 2 events of type bot.upserted`) {
		t.Errorf("stderr: %s", r.stderr)
	}
}

func TestAnEndlessLine(t *testing.T) {
	size := 200 << 20
	if testing.Short() {
		size = 20 << 20
	}
	in, out := io.Pipe()
	go func() {
		io.WriteString(out, upsert("1", "acme", "b1")+`{"id":"`)
		block := bytes.Repeat([]byte("x"), 1<<20)
		for range size / len(block) {
			out.Write(block)
		}
		io.WriteString(out, "\"}\n"+upsert("2", "acme", "b2"))
		out.Close()
	}()
	r := tallyWith(context.Background(), in, nil, "import", "--data", t.TempDir(), "-").must(t, done)
	r.counts(t, 2, 0, 1)
	if !strings.Contains(r.stderr, "standard input:2: an event of ") {
		t.Errorf("stderr: %s", r.stderr)
	}
}

// zeros is a gigabyte of zeros in a megabyte of gzip. Memory must not follow.
func TestAZipBomb(t *testing.T) {
	size := 1 << 30
	if testing.Short() {
		size = 100 << 20
	}
	in, out := io.Pipe()
	go func() {
		z := gzip.NewWriter(out)
		block := make([]byte, 1<<20)
		io.WriteString(z, upsert("1", "acme", "b1"))
		for range size / len(block) {
			z.Write(block)
		}
		io.WriteString(z, "\n"+upsert("2", "acme", "b2"))
		z.Close()
		out.Close()
	}()
	tallyWith(context.Background(), in, nil, "import", "--data", t.TempDir(), "-").must(t, done).counts(t, 2, 0, 1)
}

func TestADamagedFileKeepsWhatCameBefore(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	lines := events(t, 10, 1)
	z.Write(bytes.Join(lines, nil))
	z.Close()
	data := filepath.Join(t.TempDir(), "data")
	file := write(t, "events.jsonl.gz", b.Bytes()[:b.Len()*3/4])
	r := tally("import", "--data", data, file)
	r.complains(t, failed, file, "gzip")
	n := r.count(t, "accepted")
	if n == 0 || n >= len(lines) {
		t.Errorf("%d of %d events were accepted", n, len(lines))
	}
	whole := tally("import", "--data", data, write(t, "events.jsonl", bytes.Join(lines, nil))).must(t, done)
	if missing := distinct(t, lines) - n; whole.count(t, "accepted") != missing {
		t.Errorf("the whole file added %d, want the %d that were missing", whole.count(t, "accepted"), missing)
	}
}

func TestTwoImportsAtOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	in, out := io.Pipe()
	first := make(chan result)
	go func() { first <- tallyWith(context.Background(), in, nil, "import", "--data", data, "-") }()
	io.WriteString(out, upsert("1", "acme", "b1")) // the first has its data directory when it reads
	tally("import", "--data", data, write(t, "more.jsonl", []byte(upsert("2", "acme", "b2")))).
		complains(t, failed, "another tallystick (pid ", ", import) is using "+data, "; wait for it or stop it")
	out.Close()
	(<-first).must(t, done).counts(t, 1, 0, 0)
	tally("import", "--data", data, write(t, "more.jsonl", []byte(upsert("2", "acme", "b2")))).must(t, done).counts(t, 1, 0, 0)
}

func TestFullDisk(t *testing.T) {
	lines := events(t, 10, 8)
	file := write(t, "events.jsonl", bytes.Join(lines, nil))
	data := filepath.Join(t.TempDir(), "data")
	c := child("import", "--data", data, file)
	c.Env = append(c.Env, envFileSize+"=200000")
	r := runChild(t, c)
	if r.code != failed || !strings.Contains(r.stderr, "run the import again") {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	accepted := r.count(t, "accepted")
	again := tally("import", "--data", data, file).must(t, done)
	if got, want := again.count(t, "accepted"), distinct(t, lines)-accepted; got > want {
		t.Errorf("with room again %d events were accepted, but only %d were missing", got, want)
	}
	tally("import", "--data", data, file).must(t, done).counts(t, 0, len(lines), 0)
}

// runChild runs a child to its end.
func runChild(t *testing.T, c *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func TestADirectoryOneMayNotWrite(t *testing.T) {
	parent, err := os.MkdirTemp("", "tallystick")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(parent)
	os.Chmod(parent, 0o755)
	closed := filepath.Join(parent, "closed")
	if err := os.Mkdir(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(parent, "events.jsonl")
	os.WriteFile(file, []byte(upsert("1", "acme", "b1")), 0o644)
	c := child("import", "--data", filepath.Join(closed, "data"), file)
	if os.Getuid() == 0 { // may write everywhere: be somebody else
		binary, err := os.ReadFile(os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		c.Path = filepath.Join(parent, "tallystick")
		if err := os.WriteFile(c.Path, binary, 0o755); err != nil {
			t.Fatal(err)
		}
		c.Dir = parent
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	runChild(t, c).complains(t, failed, "may not use the data directory "+closed, "permission denied", "; give this user the right")
}

func TestInterruptKeepsWhatWasAccepted(t *testing.T) {
	lines := events(t, 10, 4)
	data := filepath.Join(t.TempDir(), "data")
	in, out := io.Pipe()
	ctx, interrupt := context.WithCancel(context.Background())
	defer out.Close()
	go func() {
		out.Write(bytes.Join(lines[:len(lines)/2], nil))
		for segments := []string{}; ; segments, _ = filepath.Glob(filepath.Join(data, "journal", "*.journal")) {
			if len(segments) > 0 {
				if info, err := os.Stat(segments[0]); err == nil && info.Size() > 1000 {
					break // the first events are on disk
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
		interrupt() // while the import waits for more
	}()
	r := tallyWith(ctx, in, nil, "import", "--data", data, "-")
	r.complains(t, failed, "interrupted")
	n := r.count(t, "accepted")
	if n == 0 {
		t.Error("nothing was accepted before the interruption")
	}
	again := tallyWith(context.Background(), bytes.NewReader(bytes.Join(lines, nil)), nil, "import", "--data", data, "-").must(t, done)
	if got, want := again.count(t, "accepted"), distinct(t, lines)-n; got != want {
		t.Errorf("%d events were accepted after the interruption, want %d", got, want)
	}
}
