package datadir

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tallystick/tallystick"
)

var me = Holder{PID: 123, Command: "import"}

func TestCreateMakesADirectoryThatOpens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "data")
	d, err := Create(path, me)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{d.Journal(), d.Engine(), d.Quarantine(), d.Reports(), d.Files()} {
		if info, err := os.Stat(part); err != nil || !info.IsDir() {
			t.Errorf("%s: %v, want a directory", part, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string, Holder) (*Dir, error){Open, Create} {
		d, err := open(path, me)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCreateGoesOnWhereItWasInterrupted(t *testing.T) {
	path := t.TempDir()
	for _, name := range []string{lockFile, newVersionFile} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"journal", "engine", "lost+found"} {
		if err := os.Mkdir(filepath.Join(path, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Create(path, me)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRefusals(t *testing.T) {
	write := func(name, text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(path, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	type opener = func(string, Holder) (*Dir, error)
	for _, test := range []struct {
		name    string
		open    opener
		prepare func(t *testing.T, path string)
		code    tallystick.Code
		says    string
	}{
		{"one that does not exist is not opened", Open, func(t *testing.T, path string) { os.Remove(path) }, tallystick.NotFound, "there is no data directory"},
		{"an empty one is not opened", Open, func(*testing.T, string) {}, tallystick.NotFound, "is empty, not a data directory"},
		{"a file", Create, func(t *testing.T, path string) { os.Remove(path); os.WriteFile(path, nil, 0o644) }, tallystick.Invalid, "is a file"},
		{"somebody else's", Create, write("thesis.tex", "x"), tallystick.Invalid, `such as "thesis.tex"`},
		{"somebody else's with a journal", Create, write("journal/2024.md", "x"), tallystick.Invalid, `such as "journal"`},
		{"somebody else's VERSION", Create, write("VERSION", "1.2.3"), tallystick.Invalid, `says "1.2.3"`},
		{"a newer format", Create, write("VERSION", "tallystick 2\n"), tallystick.Conflict, "has format 2, written by a newer tallystick"},
		{"a newer format, to read", Open, write("VERSION", "tallystick 2\n"), tallystick.Conflict, "use the newer program"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir()
			test.prepare(t, path)
			before := names(path)
			d, err := test.open(path, me)
			if err == nil {
				d.Close()
				t.Fatal("opened")
			}
			if tallystick.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v\nwant %s with %q", tallystick.CodeOf(err), err, test.code, test.says)
			}
			if after := names(path); after != before {
				t.Errorf("a refused directory was changed: %s, was %s", after, before)
			}
		})
	}
}

func names(path string) string {
	entries, _ := os.ReadDir(path)
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestTheSecondIsToldWhoWasFirst(t *testing.T) {
	path := t.TempDir()
	first, err := Create(path, Holder{PID: 123, Command: "serve", Address: "http://127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Announce(Holder{PID: 123, Command: "serve", Address: "http://127.0.0.1:8080"}); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, me)
	want := "another tallystick (pid 123, serve, http://127.0.0.1:8080) is using " + path +
		"; ask it with --server http://127.0.0.1:8080, or stop it"
	if tallystick.CodeOf(err) != tallystick.Conflict || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if e := (*InUse)(nil); !errors.As(err, &e) || !e.By("serve") || e.By("import") || e.By("12") {
		t.Errorf("the cause is %v", e)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(path, me)
	if err != nil {
		t.Fatalf("after the first is gone: %v", err)
	}
	if _, err := Create(path, me); err == nil || !strings.Contains(err.Error(), "(pid 123, import)") {
		t.Errorf("got %v, want the name of the present holder alone", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnIDStaysWithItsDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	ids := map[string]bool{}
	for range 2 {
		d, err := Create(path, me)
		if err != nil {
			t.Fatal(err)
		}
		id, err := d.ID()
		if err != nil || len(id) < 20 {
			t.Fatalf("%q, %v", id, err)
		}
		ids[id] = true
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		moved := path + "-moved"
		if err := os.Rename(path, moved); err != nil {
			t.Fatal(err)
		}
		path = moved
	}
	other, err := Create(filepath.Join(t.TempDir(), "data"), me)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if id, err := other.ID(); err != nil || ids[id] || len(ids) != 1 {
		t.Errorf("ids %v, and of another directory %q, %v", ids, id, err)
	}
	if err := os.WriteFile(filepath.Join(other.Path(), idFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := other.ID(); err == nil {
		t.Error("an ID that says nothing was taken for one")
	}
}

// The lock must end with its process even when that is killed; only a process of its own can show it. The test runs itself again as the holder.
func TestALockEndsWithItsProcess(t *testing.T) {
	if path := os.Getenv("DATADIR_TEST_HOLD"); path != "" {
		if _, err := Create(path, me); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		select {}
	}
	path := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestALockEndsWithItsProcess$")
	child.Env = append(os.Environ(), "DATADIR_TEST_HOLD="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 5)
	if _, err := out.Read(line); err != nil || string(line) != "held\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	if _, err := Open(path, me); tallystick.CodeOf(err) != tallystick.Conflict {
		t.Errorf("opened what a living process holds: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	d, err := Open(path, me)
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	d.Close()
}

func TestOneMayNotWrite(t *testing.T) {
	if os.Getuid() != 0 {
		path := t.TempDir()
		os.Chmod(path, 0o555)
		_, err := Create(path, me)
		checkDenied(t, err)
		return
	}
	// Root may write everywhere: ask a process of another user.
	if path := os.Getenv("DATADIR_TEST_DENIED"); path != "" {
		_, err := Create(path, me)
		checkDenied(t, err)
		return
	}
	path, err := os.MkdirTemp("", "datadir")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(path)
	os.Chmod(path, 0o755)
	binary := filepath.Join(path, "test")
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(path, "closed")
	if err := os.Mkdir(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(binary, "-test.run=^TestOneMayNotWrite$", "-test.v")
	child.Dir = path
	child.Env = append(os.Environ(), "DATADIR_TEST_DENIED="+closed)
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: TestOneMayNotWrite") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func checkDenied(t *testing.T, err error) {
	t.Helper()
	var e *tallystick.Error
	if !errors.As(err, &e) || e.Code != tallystick.Denied || !strings.Contains(e.Message, "may not use the data directory") || e.Hint == "" {
		t.Errorf("got %v, want a refusal with advice", err)
	}
}

func TestClearEngineLeavesTheRest(t *testing.T) {
	d, err := Create(t.TempDir(), me)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	os.MkdirAll(filepath.Join(d.Engine(), "tmp"), 0o755)
	os.WriteFile(filepath.Join(d.Engine(), "tmp", "x"), nil, 0o644)
	os.WriteFile(filepath.Join(d.Journal(), "x"), nil, 0o644)
	if err := d.ClearEngine(); err != nil {
		t.Fatal(err)
	}
	if got := names(d.Engine()); got != "" {
		t.Errorf("engine still holds %s", got)
	}
	if got := names(d.Journal()); got != "x" {
		t.Errorf("journal holds %q, want x", got)
	}
}

func ExampleCreate() {
	path, _ := os.MkdirTemp("", "data")
	defer os.RemoveAll(path)

	d, err := Create(path, Holder{PID: os.Getpid(), Command: "import"})
	if err != nil {
		panic(err)
	}
	defer d.Close()

	text, _ := os.ReadFile(filepath.Join(d.Path(), "VERSION"))
	os.Stdout.Write(text)
	// Output: tallystick 1
}
