package runner_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/disk"
)

// stubborn is a disk that removes no file but those of one run.
type stubborn struct {
	disk.FS
	but string
}

func (d stubborn) Remove(name string) error {
	if strings.HasPrefix(filepath.Base(name), d.but) {
		return d.FS.Remove(name)
	}
	return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrPermission}
}

// Many files that can't be removed hold up none behind them, and each is told of once.
func TestFilesThatCannotBeRemoved(t *testing.T) {
	p := newPlant(t, "")
	const many = 200
	for i := range many + 1 {
		_, err := p.AddExport(t.Context(), p.owner, fmt.Sprint(i), "", job("tenant-usage"))
		p.must(err)
	}
	runs, err := p.ClaimRuns(t.Context(), "w", many+1)
	p.must(err)
	file := func(r control.Run) string { return filepath.Join(p.folder, r.ID+".00") }
	for i, r := range runs {
		if i == many {
			p.clock.Add(int64(tallystick.Second)) // it is behind the others
		}
		p.must(p.FinishRun(t.Context(), r, control.Result{File: control.RunFile{Name: "a.csv", Size: 1, SHA256: "00"}, Position: "9-9"}, nil))
		p.must(os.WriteFile(file(r), []byte("x"), 0o600))
	}
	orphan := filepath.Join(p.folder, "nobody.00")
	p.must(os.WriteFile(orphan, []byte("x"), 0o600))
	p.store(stubborn{disk.OS, runs[many].ID})
	p.clock.Add(int64(31 * tallystick.Day))
	r := p.runner("server")
	for range 2 {
		r.Tidy(t.Context())
	}
	if is := p.run(runs[many].ID); is.FileRemoved == 0 {
		t.Error("the file behind the others is not removed")
	}
	if _, err := os.Stat(file(runs[many])); err == nil {
		t.Error("it is said to be removed, and is there")
	}
	if is := p.run(runs[0].ID); is.FileRemoved != 0 {
		t.Error("a file that could not be removed is said to be")
	}
	for _, what := range []string{"run " + runs[0].ID, "run " + runs[many-1].ID, "nobody.00"} {
		if n := strings.Count(p.logged.String(), what); n == 0 || strings.Count(p.logged.String(), what+" could not be removed") != 1 {
			t.Errorf("of %s it is told %d times", what, n)
		}
	}
}

// A file gets its name while one of that name is swept away: a maker has come to the content of another one, who had lost the claim. It is there afterwards.
func TestAFileIsFinishedWhileOneIsSweptAway(t *testing.T) {
	p := newPlant(t, "")
	content := []byte("the same content")
	write := func(reached func()) error {
		return p.files.Write("run", func(w io.Writer) (string, error) {
			_, err := w.Write(content)
			reached()
			return "abcdef", err
		})
	}
	p.must(write(func() {})) // of a maker that is gone
	written := make(chan error, 1)
	err := p.files.Sweep(func(run, name string) (bool, error) {
		// The run is nobody's: that was read. Now another maker takes it, and is done before the sweep goes on, if nothing keeps it from that.
		reached := make(chan bool)
		go func() { written <- write(func() { close(reached) }) }()
		<-reached
		select {
		case err := <-written:
			written <- err
		case <-time.After(200 * time.Millisecond):
		}
		return false, nil
	}, func(name string, err error) { t.Errorf("%s: %v", name, err) })
	p.must(err)
	p.must(<-written)
	if got := p.content(control.Run{ID: "run", File: &control.RunFile{Size: int64(len(content)), SHA256: "abcdef"}}); !bytes.Equal(got, content) {
		t.Errorf("the file is %q", got)
	}
}
