// Command benchexport measures the export of a large table, as somebody asks a running server for it: how long it takes, how much memory the server has at most, and how
// long a cancelled one goes on. Beside the rate stands that of the engine's own CSV writer, in the same run, with the same rows lying ready in a table.
package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/tallystick/tallystick/internal/sample"
)

func main() {
	program := flag.String("program", "bin/tallystick", "the program to measure")
	rows := flag.Int("rows", 10_000_000, "rows of the table")
	memory := flag.String("memory-limit", "", "of the server's engine; the program's own default where it is empty")
	data := flag.String("data", "", "data directory of an earlier run, or where this one leaves it; a temporary one where it is empty")
	flag.Parse()
	if err := measure(*program, *rows, *memory, *data); err != nil {
		fmt.Fprintln(os.Stderr, "benchexport:", err)
		os.Exit(1)
	}
}

func measure(program string, rows int, memory, data string) error {
	if data == "" {
		dir, err := os.MkdirTemp("", "benchexport")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		data = filepath.Join(dir, "data")
	}
	if _, err := os.Stat(filepath.Join(data, "VERSION")); errors.Is(err, os.ErrNotExist) {
		began := time.Now()
		if err := load(program, data, rows); err != nil {
			return err
		}
		fmt.Printf("%.0f events of one tenant imported in %.0f s\n", perRow*float64(rows), time.Since(began).Seconds())
	}
	s, err := serve(program, data, memory)
	if err != nil {
		return err
	}
	defer s.stop()
	idle := s.resident()
	began := time.Now()
	done, err := s.export("done", 0)
	if err != nil {
		return err
	}
	took := time.Since(began)
	peak := s.peak()
	fmt.Printf("export of %d rows, %.0f MB of CSV: %.1f s, %.0f rows/s; the server's memory %.0f MB before, %.0f MB at most\n", done.Rows, float64(done.File.Size)/1e6, took.Seconds(),
		float64(done.Rows)/took.Seconds(), idle/1e6, peak/1e6)
	switch e, err := s.export("cancelled", int64(rows)/20); {
	case err == nil:
		fmt.Printf("cancelled after a twentieth of the rows: gone %.2f s after it was asked\n", s.cancelled.Seconds())
	case e.State == "done":
		fmt.Println("the one to be cancelled was done before: it has too few rows")
	default:
		return err
	}
	if left, err := filepath.Glob(filepath.Join(data, "files", "*.part")); err != nil || len(left) > 0 {
		return errors.Join(err, fmt.Errorf("the cancelled export has left %q", left))
	}
	file := filepath.Join(data, "files", done.ID+"."+done.File.SHA256[:32])
	rate, err := copyRate(file)
	if err != nil {
		return err
	}
	fmt.Printf("the engine's own COPY of these rows, from a table in memory: %.0f rows/s; the export has %.2f of it\n", rate, float64(done.Rows)/took.Seconds()/rate)
	return nil
}

// load makes a data directory with the events.
func load(program, data string, rows int) error {
	c := exec.Command(program, "import", "--data", data, "--progress", "none", "-")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	w := bufio.NewWriterSize(in, 1<<20)
	err = errors.Join(sample.WriteNDJSON(w, events(rows)), w.Flush(), in.Close())
	return errors.Join(err, c.Wait())
}

// served is a running server, as its first administrator sees it.
type served struct {
	command   *exec.Cmd
	url       string
	client    http.Client
	cancelled time.Duration // from asking for it to the end of an export
}

func serve(program, data, memory string) (*served, error) {
	args := []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}
	if memory != "" {
		args = append(args, "--memory-limit", memory)
	}
	os.Remove(filepath.Join(data, "control.db")) // so that there is a first administrator to become
	s := &served{command: exec.Command(program, args...)}
	s.client.Jar, _ = cookiejar.New(nil)
	out, err := s.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	token := ""
	for token == "" && lines.Scan() {
		if found := regexp.MustCompile(`serving .* at (http://\S+)`).FindStringSubmatch(lines.Text()); found != nil {
			s.url = found[1]
		}
		if found := regexp.MustCompile(`welcome#(\S+)`).FindStringSubmatch(lines.Text()); found != nil {
			token = found[1]
		}
	}
	go io.Copy(io.Discard, out)
	const password = "correct fowl bakery stamp"
	err = s.do("POST", "/api/v1/links/use", fmt.Sprintf(`{"token":%q,"password":%q,"email":"a@example.com","name":"A"}`, token, password), nil)
	if err == nil {
		err = s.do("POST", "/api/v1/session", fmt.Sprintf(`{"email":"a@example.com","password":%q}`, password), nil)
	}
	for range 600 {
		if err = s.do("GET", "/readyz", "", nil); err == nil {
			return s, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.stop()
	return nil, err
}

func (s *served) stop() {
	s.command.Process.Signal(os.Interrupt)
	s.command.Wait()
}

func (s *served) do(method, path, body string, into any) error {
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, answer.Status, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	return err
}

// exported is an export as the server tells of it.
type exported struct {
	ID    string
	State string
	Error string
	Rows  int64
	File  *struct {
		Size   int64
		SHA256 string
	}
}

// export asks for the table, and waits until the export is in a state. With cancelAt it is cancelled when it has so many rows.
func (s *served) export(state string, cancelAt int64) (e exported, err error) {
	err = s.do("POST", "/api/v1/exports", fmt.Sprintf(`{"name":"all","report":"session-usage","table":"detail","tenants":[%q],"period":"custom","from":%q,"to":%q,"format":"csv"}`, tenant, firstDay, lastDay), &e)
	var asked time.Time
	for err == nil && e.State != state {
		if e.State == "failed" || e.State == "done" {
			return e, fmt.Errorf("the export is %s: %s", e.State, e.Error)
		}
		time.Sleep(100 * time.Millisecond)
		err = s.do("GET", "/api/v1/exports/"+e.ID, "", &e)
		if err == nil && cancelAt > 0 && e.Rows >= cancelAt && asked.IsZero() {
			asked = time.Now()
			if err = s.do("POST", "/api/v1/exports/"+e.ID+"/cancel", "", nil); err != nil { // perhaps it is done
				err = errors.Join(s.do("GET", "/api/v1/exports/"+e.ID, "", &e), err)
			}
		}
	}
	if !asked.IsZero() {
		s.cancelled = time.Since(asked)
	}
	return e, err
}

// status returns a figure of the server's process, in bytes.
func (s *served) status(name string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte(name+":")); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(string(rest))[0], 64)
			return kB * 1024
		}
	}
	return 0
}

func (s *served) resident() float64 { return s.status("VmRSS") }
func (s *served) peak() float64     { return s.status("VmHWM") }

// copyRate is the rows that the engine writes in a second, when they lie ready.
func copyRate(file string) (float64, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE t AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", file); err != nil {
		return 0, err
	}
	var rows int64
	if err := db.QueryRow("SELECT count(*) FROM t").Scan(&rows); err != nil {
		return 0, err
	}
	began := time.Now()
	if _, err := db.Exec("COPY t TO '" + strings.ReplaceAll(file, "'", "''") + ".copy' (FORMAT csv, HEADER)"); err != nil {
		return 0, err
	}
	took := time.Since(began)
	return float64(rows) / took.Seconds(), os.Remove(file + ".copy")
}
