package runner_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/disk/disktest"
	"github.com/tallystick/tallystick/internal/runner"
)

// A disk that fills half-way through a file: the run has failed and says why, and no file is left, not even a part. With room it is made.
func TestFullDisk(t *testing.T) {
	for _, kind := range []control.RunKind{control.ExportRun, control.ScheduledRun} {
		t.Run(string(kind), func(t *testing.T) {
			p := newPlant(t, "")
			p.add(someEvents()...)
			d := disktest.New()
			p.must(d.MkdirAll(p.folder))
			p.store(d)
			d.SetFree(3000) // of about 20 kB
			p.start(p.runner("server"))
			id := ""
			if kind == control.ExportRun {
				r, err := p.AddExport(t.Context(), p.owner, "x", "", job("session-usage"))
				p.must(err)
				id = r.ID
			} else {
				k := hourly(job("session-usage"))
				k.Job.Period = "last-30-days"
				k = p.schedule(p.owner, k)
				p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
				p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
				id = p.history(k.ID)[0].ID
			}
			p.until("it says why", func() bool { return strings.Contains(p.run(id).Error, "the disk is full") })
			r := p.run(id)
			// Whoever waits for an export sees at once that it has failed; a schedule's run waits for room.
			want := map[control.RunKind]control.RunState{control.ExportRun: control.RunFailed, control.ScheduledRun: control.RunQueued}[kind]
			if r.State != want || r.File != nil {
				t.Errorf("it is %s, file %+v", r.State, r.File)
			}
			if entries, err := d.ReadDir(p.folder); err != nil || len(entries) > 0 {
				t.Errorf("left are %v, %v", entries, err)
			}
			d.SetFree(1 << 30)
			if kind == control.ExportRun {
				_, err := p.RetryExport(t.Context(), p.owner, id)
				p.must(err)
			} else {
				p.clock.Add(int64(tallystick.Minute))
			}
			if r := p.ended(id); r.State != control.RunDone || len(p.content(r)) != int(r.File.Size) {
				t.Errorf("with room it is %s: %s", r.State, r.Error)
			}
		})
	}
}

// A large file is made durable in pieces while it is written. Where one of these fails, the file is not there, even if all later ones succeed.
func TestLargeFilesSyncOnTheWay(t *testing.T) {
	piece, broken := bytes.Repeat([]byte("0123456789abcdef"), 64<<10), errors.New("broken")
	const pieces = 100 // of a MiB
	write := func(d *disktest.Disk) error {
		files, err := runner.OpenFiles(d, "/files")
		if err != nil {
			return err
		}
		return files.Write("run", func(w io.Writer) (string, error) {
			for range pieces {
				if _, err := w.Write(piece); err != nil {
					return "", err
				}
			}
			return "abcdef", nil
		})
	}
	for _, failing := range []int{0, 1, 2, 3, 4} { // the number of the sync that fails; 0: none
		d, syncs := disktest.New(), 0
		d.Inject(func(op disktest.Op, _ string) error {
			if op == disktest.OpSync {
				if syncs++; syncs == failing {
					return broken
				}
			}
			return nil
		})
		err := write(d)
		entries, _ := d.ReadDir("/files")
		switch {
		case failing == 0 && (err != nil || syncs != 4 || len(entries) != 1 || entries[0].Size != pieces<<20):
			t.Errorf("%d syncs, %v: %v", syncs, err, entries)
		case failing > 0 && (!errors.Is(err, broken) || len(entries) > 0):
			t.Errorf("sync %d has failed: %v, left are %v", failing, err, entries)
		}
	}
}

// The power goes at every write of a file: after the reboot the file is whole under its name, or it is not there.
func TestFilesSurviveAPowerCut(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 40_000)
	r := control.Run{ID: "run", Name: "x", File: &control.RunFile{Size: int64(len(content)), SHA256: "abcdef"}}
	write := func(d *disktest.Disk) error {
		files, err := runner.OpenFiles(d, "/files")
		if err != nil {
			return err
		}
		return files.Write("run", func(w io.Writer) (string, error) {
			for part := range slices.Chunk(content, 100_000) {
				if _, err := w.Write(part); err != nil {
					return "", err
				}
			}
			return r.File.SHA256, nil
		})
	}
	whole := disktest.New()
	if err := write(whole); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= whole.Operations(); n++ {
		for _, mode := range disktest.Modes {
			d := disktest.New()
			d.CutPowerAt(n)
			err := write(d)
			again := d.Reboot(mode, uint64(n))
			files, openErr := runner.OpenFiles(again, "/files")
			if openErr != nil {
				t.Fatal(openErr)
			}
			f, openErr := files.Open(r)
			if openErr != nil {
				if err == nil || tallystick.CodeOf(openErr) != tallystick.NotFound {
					t.Errorf("power cut at %d, %v: the write ended with %v, and then it is %v", n, mode, err, openErr)
				}
				continue
			}
			b, readErr := io.ReadAll(f)
			if closing := f.Close(); readErr != nil || closing != nil || !bytes.Equal(b, content) {
				t.Errorf("power cut at %d, %v: there are %d bytes, %v", n, mode, len(b), errors.Join(readErr, closing))
			}
			if entries, _ := again.ReadDir("/files"); len(entries) != 1 {
				t.Errorf("power cut at %d, %v: left are %v", n, mode, fmt.Sprint(entries))
			}
		}
	}
}
