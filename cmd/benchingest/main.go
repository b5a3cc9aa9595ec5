// Command benchingest measures ingest over HTTP: a server with the real handler, a journal that syncs, a quarantine and an engine that follows, and clients in a process
// of their own that send made-up events over loopback and wait for each answer. Afterwards the journal is read back: it must hold what was acknowledged, no event more or less.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime/pprof"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// drive says what the clients do.
type drive struct {
	url, key       string
	clients, batch int
	seconds        float64
	events         int64         // after so many they stop, whatever the time
	alone          bool          // the journal: no engine follows it
	pause          time.Duration // between reports that are asked meanwhile; 0: none
}

// figures are what the clients saw.
type figures struct {
	Requests, Accepted, Duplicate, Rejected int64
	Seconds, P50, P99, Max                  float64 // the times of answers in milliseconds
}

func main() {
	load := flag.Bool("load", false, "be the clients (used by the program itself)")
	url := flag.String("url", "", "address of the server, for -load")
	clients := flag.Int("clients", 0, "clients; 0: 16 that send batches of 100, and then 64 that send single events")
	batch := flag.Int("batch", 100, "events in a request")
	seconds := flag.Float64("seconds", 10, "how long the clients send")
	events := flag.Int64("events", 5_000_000, "events after which they stop")
	runs := flag.Int("runs", 3, "how often")
	dir := flag.String("dir", os.TempDir(), "where the data goes")
	alone := flag.Bool("alone", false, "without an engine that follows, to see what it takes")
	pause := flag.Duration("reports", 0, "also ask reports, one after the other with a pause of this length between; 0: none")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the server")
	flag.Parse()
	d := drive{url: *url, key: os.Getenv(keyVariable), clients: *clients, batch: *batch, seconds: min(*seconds, 120), events: *events, alone: *alone, pause: *pause}
	var err error
	switch {
	case *load:
		var f figures
		if f, err = d.run(); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(f)
		}
	case d.clients > 0:
		err = profiled(*profile, func() error { return measure(d, *runs, *dir) })
	default:
		err = profiled(*profile, func() error {
			many, single := d, d
			many.clients, single.clients, single.batch = 16, 64, 1
			return errors.Join(measure(many, *runs, *dir), measure(single, *runs, *dir))
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchingest:", err)
		os.Exit(1)
	}
}

// keyVariable hands the key to the clients, where no list of processes shows it.
const keyVariable = "BENCHINGEST_KEY"

func profiled(file string, fn func() error) error {
	if file == "" {
		return fn()
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	err = fn()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

// measure runs a drive several times, each on new data, and prints a table.
func measure(d drive, runs int, dir string) error {
	if runs < 1 {
		return fmt.Errorf("-runs %d: say at least 1", runs)
	}
	fmt.Printf("%d clients, %d events a request, %.0f s\n\n", d.clients, d.batch, d.seconds)
	fmt.Println("| run | events/s | ack p50 ms | p99 ms | max ms | accepted | in the journal | engine behind by | CPU µs/event server | clients | visible p50 ms | p99 ms | reports | p50 ms |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	var rates, p50s, p99s, maxs []float64
	for i := range runs {
		f, line, err := once(d, dir)
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %s |\n", i+1, line)
		rates, p50s, p99s, maxs = append(rates, float64(f.Accepted)/f.Seconds), append(p50s, f.P50), append(p99s, f.P99), append(maxs, f.Max)
	}
	fmt.Printf("| median | %.0f | %.2f | %.2f | %.2f | | | | | | | | | |\n\n", median(rates), median(p50s), median(p99s), median(maxs))
	return nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// once runs a drive on a new data directory, and compares what was acknowledged with what the journal holds.
func once(d drive, dir string) (f figures, line string, err error) {
	dir, err = os.MkdirTemp(dir, "benchingest")
	if err != nil {
		return f, "", err
	}
	defer os.RemoveAll(dir)
	s, err := start(context.Background(), dir, d.alone)
	if err != nil {
		return f, "", err
	}
	defer s.close()
	before := cpu()
	m := begin(context.Background(), s, d.pause)
	self, err := os.Executable()
	if err != nil {
		return f, "", err
	}
	c := exec.Command(self, "-load", "-url", s.address, "-clients", strconv.Itoa(d.clients), "-batch", strconv.Itoa(d.batch),
		"-seconds", fmt.Sprint(d.seconds), "-events", fmt.Sprint(d.events))
	c.Env = append(os.Environ(), keyVariable+"="+s.key)
	c.Stderr = os.Stderr
	out, err := c.Output()
	seen, problem := m.end()
	if err = errors.Join(err, problem); err != nil {
		return f, "", fmt.Errorf("clients: %w", err)
	}
	if err := json.Unmarshal(out, &f); err != nil {
		return f, "", err
	}
	server := cpu() - before
	behind, err := s.catchUp(context.Background())
	if err != nil {
		return f, "", err
	}
	if err := s.close(); err != nil {
		return f, "", err
	}
	held, err := count(context.Background(), dir)
	if err != nil {
		return f, "", err
	}
	if held != f.Accepted {
		return f, "", fmt.Errorf("%d events were acknowledged, and the journal holds %d", f.Accepted, held)
	}
	clients := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return f, fmt.Sprintf("%.0f | %.2f | %.2f | %.2f | %d | %d | %.2f s | %.1f | %.1f | %s", float64(f.Accepted)/f.Seconds, f.P50, f.P99, f.Max, f.Accepted, held,
		behind.Seconds(), float64(server.Microseconds())/float64(f.Accepted), float64(clients.Microseconds())/float64(f.Accepted), seen), nil
}

// cpu returns the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
