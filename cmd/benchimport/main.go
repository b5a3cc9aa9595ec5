// Command benchimport measures `tallystick import`: it makes a file of events, imports it into a new data directory as often as asked, and beside each time parses the
// same file with encoding/json and does nothing else, so that a noisy machine shows in both. The figures are those of the operating system for whole processes.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/tallystick/tallystick/internal/sample"
)

func main() {
	program := flag.String("program", "bin/tallystick", "the program to measure")
	events := flag.Int("events", 5_000_000, "events in the file")
	runs := flag.Int("runs", 3, "how often")
	dir := flag.String("dir", os.TempDir(), "where the file and the data go")
	parse := flag.String("parse", "", "only parse this file (used by the program itself)")
	flag.Parse()
	var err error
	if *parse != "" {
		err = parseOnly(*parse)
	} else {
		err = measure(*program, *events, *runs, *dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchimport:", err)
		os.Exit(1)
	}
}

// parseOnly is what encoding/json needs at least: each line into a map.
func parseOnly(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		var event map[string]any
		if err := d.Decode(&event); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// figures are what one process took.
type figures struct {
	wall, cpu time.Duration
	peak      int64 // bytes
}

func measure(program string, events, runs int, dir string) error {
	if runs < 1 {
		return fmt.Errorf("-runs %d: say at least 1", runs)
	}
	dir, err := os.MkdirTemp(dir, "benchimport")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "events.jsonl")
	bytes, err := generate(file, events)
	if err != nil {
		return err
	}
	fmt.Printf("%d events, %.2f GB, %d B an event\n\n", events, float64(bytes)/1e9, bytes/int64(events))
	fmt.Println("| run | import, events/s | CPU µs/event | peak memory MB | encoding/json alone, events/s | ratio |")
	fmt.Println("|---|---|---|---|---|---|")
	self, err := os.Executable()
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	var rates, ratios []float64
	for i := range runs {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
		imported, err := run(program, "import", "--data", data, "--progress", "none", file)
		if err != nil {
			return err
		}
		parsed, err := run(self, "-parse", file)
		if err != nil {
			return err
		}
		rate := float64(events) / imported.wall.Seconds()
		ratio := parsed.wall.Seconds() / imported.wall.Seconds()
		rates, ratios = append(rates, rate), append(ratios, ratio)
		fmt.Printf("| %d | %.0f | %.2f | %.0f | %.0f | %.2f |\n", i+1, rate, float64(imported.cpu.Microseconds())/float64(events),
			float64(imported.peak)/1e6, float64(events)/parsed.wall.Seconds(), ratio)
	}
	slices.Sort(rates)
	slices.Sort(ratios)
	fmt.Printf("| median | %.0f | | | | %.2f |\n\n", rates[len(rates)/2], ratios[len(ratios)/2])
	keys, err := size(filepath.Join(data, "journal", "keys"))
	if err != nil {
		return err
	}
	journal, err := size(filepath.Join(data, "journal"))
	if err != nil {
		return err
	}
	engine, err := size(filepath.Join(data, "engine"))
	if err != nil {
		return err
	}
	fmt.Printf("bytes an event: journal %.1f, key index %.1f, engine %.1f\n", per(journal-keys, events), per(keys, events), per(engine, events))
	return nil
}

func per(bytes int64, events int) float64 { return float64(bytes) / float64(events) }

func generate(path string, events int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(sample.WriteNDJSON(w, sample.Load(sample.LoadOptions{Seed: 1, Events: events})), w.Flush(), f.Sync()); err != nil {
		return 0, errors.Join(err, f.Close())
	}
	info, err := f.Stat()
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	return info.Size(), f.Close()
}

func run(name string, args ...string) (figures, error) {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	began := time.Now()
	if err := c.Run(); err != nil {
		return figures{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	return figures{wall: time.Since(began), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak: usage.Maxrss << 10}, nil
}

// size adds up the files below a folder.
func size(dir string) (int64, error) {
	total := int64(0)
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
