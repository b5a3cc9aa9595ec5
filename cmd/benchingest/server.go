package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// server is what a server has for ingest, and nothing else.
type server struct {
	address, key string

	http       *http.Server
	journal    *journal.Journal
	quarantine *quarantine.Store
	applier    *applier.Applier
	stop       context.CancelFunc // of the applier and the counter
	running    sync.WaitGroup
	closing    sync.Once
	closeErr   error
}

func journalDir(dir string) string { return filepath.Join(dir, "journal") }

// start opens everything in a directory, and listens on a port of loopback. Alone: without an engine.
func start(ctx context.Context, dir string, alone bool) (*server, error) {
	s := &server{key: rand.Text()}
	// As a server: those who ask don't wait for the engine, and it leaves a processor to those who decode and write.
	s.applier = applier.New(applier.Options{Log: 1, Full: applier.Reread, Open: func(ctx context.Context) (tallystick.Engine, error) {
		if alone {
			return nothing{}, nil
		}
		return duckdb.Open(ctx, duckdb.Options{Dir: filepath.Join(dir, "engine"), Threads: max(1, runtime.GOMAXPROCS(0)-1)})
	}})
	var err error
	s.journal, err = journal.Open(ctx, journal.Options{Dir: journalDir(dir), Committed: s.applier.Committed, Fatal: func(err error) { log.Fatal(err) }})
	if err != nil {
		return nil, err
	}
	if s.quarantine, err = quarantine.Open(quarantine.Options{Dir: filepath.Join(dir, "quarantine")}); err != nil {
		return nil, errors.Join(err, s.journal.Close())
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.running.Go(func() { s.applier.Run(ctx, s.journal) }) // its error reaches catchUp
	counter := api.NewCounter(func(context.Context, []tallystick.IngestCount) error { return nil })
	s.running.Go(func() { counter.Run(ctx) })
	if err := s.applier.Opened(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.address = listener.Addr().String()
	s.http = &http.Server{ReadTimeout: time.Minute, Handler: &api.Ingest{
		Key: keys(s.key), Enqueue: s.journal.Enqueue, Keep: s.quarantine.Keep, Count: counter.Add, Now: time.Now,
		FreeBytes: func() (uint64, error) {
			var fs syscall.Statfs_t
			err := syscall.Statfs(dir, &fs)
			return fs.Bavail * uint64(fs.Bsize), err
		},
	}}
	s.running.Go(func() { s.http.Serve(listener) }) // until it is closed
	return s, nil
}

// nothing is an engine that forgets what it is given.
type nothing struct{ tallystick.Engine }

func (nothing) Apply(context.Context, []tallystick.Record) error { return nil }
func (nothing) Applied(context.Context, uint32) (tallystick.Position, error) {
	return tallystick.Position{}, nil
}
func (nothing) Close() error { return nil }

// keys knows one key, by its digest.
func keys(key string) func(*http.Request) (api.IngestKey, error) {
	known := map[[sha256.Size]byte]api.IngestKey{sha256.Sum256([]byte(key)): {Name: "bench"}}
	return func(r *http.Request) (api.IngestKey, error) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if k, ok := known[sha256.Sum256([]byte(token))]; ok {
			return k, nil
		}
		return api.IngestKey{}, api.WithStatus(http.StatusUnauthorized, tallystick.Errorf(tallystick.Denied, "the key is not known"))
	}
}

// catchUp waits until the engine has everything, and returns how long that took.
func (s *server) catchUp(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := s.applier.Wait(ctx, s.journal.Head())
	return time.Since(began), err
}

// close ends everything.
func (s *server) close() error {
	s.closing.Do(func() {
		if s.http != nil {
			s.closeErr = s.http.Close()
		}
		s.stop()
		s.running.Wait()
		s.closeErr = errors.Join(s.closeErr, s.journal.Close(), s.quarantine.Close())
	})
	return s.closeErr
}

// count reads a closed journal back.
func count(ctx context.Context, dir string) (n int64, err error) {
	r, err := journal.OpenReader(ctx, disk.OS, journalDir(dir))
	if err != nil {
		return 0, fmt.Errorf("read back: %w", err)
	}
	err = r.Read(ctx, tallystick.Position{}, func(records []tallystick.Record) error {
		n += int64(len(records))
		return nil
	})
	return n, err
}
