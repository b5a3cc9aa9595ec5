// Package controltest has a Postgres for tests: a real one, started from what the machine has, that ends with the tests.
package controltest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// server is a Postgres of the tests' own, started by the first test that needs it.
type server struct {
	once sync.Once
	dir  string
	stop func()
	err  error
}

var (
	postgres server
	schemas  atomic.Int64
)

// Stop ends the server, if one was started: TestMain calls it.
func Stop() {
	if postgres.stop != nil {
		postgres.stop()
	}
	if postgres.dir != "" {
		os.RemoveAll(postgres.dir)
	}
}

// Schema makes a schema that is new and empty, and returns its name and its address. In it some SQL, of which %[1]s is its name, is run. Without Postgres the test is skipped, and
// in CI it fails.
func Schema(t testing.TB, sql string) (name, dsn string) {
	t.Helper()
	postgres.once.Do(postgres.start)
	if postgres.err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("Postgres: %v; install the package postgresql", postgres.err)
		}
		t.Skipf("NOT TESTED ON POSTGRES: %v; install the package postgresql", postgres.err)
	}
	name = "s" + strconv.FormatInt(schemas.Add(1), 10)
	run := exec.Command(postgres.program("psql"), "-q", "-h", postgres.dir, "-U", "postgres", "-c", fmt.Sprintf("CREATE SCHEMA %[1]s;"+sql, name))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("make schema: %v\n%s", err, out)
	}
	return name, "postgres://postgres@/postgres?" + url.Values{"host": {postgres.dir}, "search_path": {name + ",pg_catalog"}}.Encode()
}

// program finds a program of Postgres: Debian keeps those of the server off the path.
func (s *server) program(name string) string {
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1]
	}
	found, _ := exec.LookPath(name)
	return found
}

func (s *server) start() {
	initdb, serve := s.program("initdb"), s.program("postgres")
	if initdb == "" || serve == "" || s.program("psql") == "" {
		s.err = errors.New("initdb, postgres and psql are not there")
		return
	}
	if s.dir, s.err = os.MkdirTemp("", "tallystick-pg"); s.err != nil {
		return
	}
	as := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // as whom it refuses to run
		u, err := user.Lookup("postgres")
		if err != nil {
			u, err = user.Lookup("nobody")
		}
		if err != nil {
			s.err = err
			return
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if s.err = os.Chown(s.dir, uid, gid); s.err != nil {
			return
		}
	}
	data := filepath.Join(s.dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.Dir, c.SysProcAttr = s.dir, as
		return c
	}
	if out, err := command(initdb, "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", data).CombinedOutput(); err != nil {
		s.err = fmt.Errorf("initdb: %w\n%s", err, out)
		return
	}
	run := command(serve, "-D", data, "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=300")
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		s.err = err
		return
	}
	run.Stdout, run.Stderr = log, log
	// The server ends with the thread that has started it, also when the tests are killed: the thread waits for it.
	as.Pdeathsig = syscall.SIGQUIT
	started, ended := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := run.Start()
		started <- err
		if err == nil {
			ended <- run.Wait()
		}
	}()
	if s.err = <-started; s.err != nil {
		return
	}
	s.stop = func() {
		run.Process.Signal(syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			fmt.Fprintln(os.Stderr, "postgres did not end within 30 s, and is killed")
			run.Process.Kill()
			<-ended
		}
		log.Close()
	}
	for range 200 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := exec.CommandContext(ctx, s.program("psql"), "-q", "-h", s.dir, "-U", "postgres", "-c", "SELECT 1").Run()
		cancel()
		if err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	out, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	s.err = fmt.Errorf("postgres does not answer:\n%s", out)
}

// Folder returns the folder with the server's socket, of a test that has called [Schema].
func Folder() string { return postgres.dir }
