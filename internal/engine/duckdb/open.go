package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	duck "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

const (
	databaseFile  = "events.duckdb"
	lockFile      = "lock"
	openingFile   = "opening" // how many times in a row opening the database did not come to an end
	tempDir       = "temp"
	unreadableDir = "unreadable"
	defaultMemory = "512MB"
	// checkpointSize is the size of the write-ahead log at which it is written into the tables. More takes more memory and time to replay; less makes
	// DuckDB write smaller groups of rows, which it merges later, at a higher price.
	checkpointSize = "16MB"
)

// Open opens the store in a folder, or begins one. It never gives up because of what is in the folder's files: what can't be read is set aside.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MemoryLimit == "" {
		o.MemoryLimit = defaultMemory
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open event store: %w", err)
	}
	if strings.ContainsAny(dir, "?%#") {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q can't be the folder of the event store: its name has a ?, %% or #", dir)
	}
	o.Dir = dir
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("open event store: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, err
	}
	// A program that was killed leaves its temporary files.
	temp := filepath.Join(dir, tempDir)
	if err := errors.Join(os.RemoveAll(temp), os.MkdirAll(temp, 0o750)); err != nil {
		return nil, errors.Join(fmt.Errorf("open event store: %w", err), lock.Close())
	}
	e := &Engine{lock: lock, log: o.Logger, tables: schema(), byType: map[string]*table{}, chunks: newChunks(), flushEvents: o.FlushEvents, flushBytes: o.FlushBytes, leastTalks: leastTalks, mostTalks: mostTalks, flushed: make(chan struct{}, 1), merger: newMerger(), file: filepath.Join(dir, databaseFile)}
	for _, t := range e.tables {
		if t.event != nil {
			e.byType[t.event.Name] = t
		} else if t.name == otherTable {
			e.byType[""] = t
		}
	}
	if err := e.open(ctx, o); err != nil {
		e.chunks.close()
		return nil, errors.Join(fmt.Errorf("open event store: %w", err), lock.Close())
	}
	background, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.background.Go(func() { e.mergeInBackground(background) })
	return e, nil
}

// takeLock keeps a second program, and this one too, from opening the same file twice. It ends with the process.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock event store: %w", err)
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, tallystick.Errorf(tallystick.Conflict, "the event store in %q is in use", filepath.Dir(path)).WithHint("end the other program first")
	}
	return nil, fmt.Errorf("lock event store: %w", err)
}

// open opens the database; where it can't be opened without its write-ahead log; where that doesn't help a new one.
//
// A damaged file can take the process down inside DuckDB. So that it does this twice at most, attempts are counted in a file: a first death may have been a coincidence, after
// a second one the write-ahead log is taken for damaged, after a third one the file.
func (e *Engine) open(ctx context.Context, o Options) error {
	deaths := deaths(o.Dir)
	if err := os.WriteFile(filepath.Join(o.Dir, openingFile), []byte(strconv.Itoa(deaths+1)), 0o640); err != nil {
		return err // a disk that is full or refuses to be written to is no damage
	}
	database := filepath.Join(o.Dir, databaseFile)
	for _, name := range []string{database, database + ".wal"} {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		f.Close()
	}
	if _, err := os.Stat(database); errors.Is(err, fs.ErrNotExist) {
		// A write-ahead log alone is of a file that was deleted.
		if err := e.setAside(o.Dir, "write-ahead log", databaseFile+".*", errors.New("its database is missing")); err != nil {
			return err
		}
	}
	died := errors.New("opening it ended the program before")
	steps := []struct {
		pattern string
		what    string
		skip    bool
	}{
		{what: "", skip: deaths >= 2},
		{what: "write-ahead log", pattern: databaseFile + ".*", skip: deaths >= 3},
		{what: "database", pattern: databaseFile + "*"},
	}
	err := died
	for _, step := range steps {
		if step.pattern != "" {
			if moveErr := e.setAside(o.Dir, step.what, step.pattern, err); moveErr != nil {
				return errors.Join(err, moveErr)
			}
		}
		if step.skip {
			continue
		}
		if err = e.connect(ctx, o, database); err == nil {
			return os.Remove(filepath.Join(o.Dir, openingFile))
		}
		if ctx.Err() != nil || isShortage(err) {
			break
		}
	}
	return errors.Join(err, os.Remove(filepath.Join(o.Dir, openingFile)))
}

// isShortage tells a machine that lacks something, of which the file knows nothing, from a file that can't be read. Of the system's errors DuckDB passes on the text only.
func isShortage(err error) bool {
	if problem := (*duck.Error)(nil); errors.As(err, &problem) && problem.Type == duck.ErrorTypeOutOfMemory {
		return true
	}
	text := strings.ToLower(err.Error())
	for _, number := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EACCES, syscall.EROFS, syscall.ENOMEM} {
		if strings.Contains(text, number.Error()) {
			return true
		}
	}
	return false
}

func deaths(dir string) int {
	b, _ := os.ReadFile(filepath.Join(dir, openingFile))
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return n
}

// setAside moves files into the folder for unreadable ones, and says so. Those set aside the last time are replaced: the journal has their contents, and a disk
// should not fill up with them.
func (e *Engine) setAside(dir, what, pattern string, why error) error {
	files, err := filepath.Glob(filepath.Join(escape(dir), pattern))
	if err != nil || len(files) == 0 {
		return err
	}
	to := filepath.Join(dir, unreadableDir)
	if err := os.MkdirAll(to, 0o750); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Rename(f, filepath.Join(to, filepath.Base(f))); err != nil {
			return err
		}
	}
	e.log.Warn("a part of the event store can't be used; it was set aside, and what is missing has to be applied again from the journal",
		"part", what, "error", why, "folder", to)
	return nil
}

func escape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `[`, `\[`).Replace(dir)
}

// connect opens the database file, creates its tables where there are none, and reads what the engine knows by heart.
func (e *Engine) connect(ctx context.Context, o Options, path string) (err error) {
	settings := map[string]string{
		"memory_limit":                  o.MemoryLimit,
		"temp_directory":                filepath.Join(o.Dir, tempDir),
		"checkpoint_threshold":          checkpointSize,
		"storage_compatibility_version": "latest",
		"preserve_insertion_order":      "false",
		"allocator_background_threads":  "true", // what was freed goes back to the system soon, not once 128 MB lie around
	}
	if o.Threads > 0 {
		settings["threads"] = strconv.Itoa(o.Threads)
	}
	values := url.Values{}
	for k, v := range settings {
		values.Set(k, v)
	}
	connector, err := duck.NewConnector(path+"?"+values.Encode(), nil)
	if err != nil {
		return err
	}
	e.db = sql.OpenDB(connector)
	defer func() {
		if err != nil {
			mapping.Disconnect(&e.writer)
			mapping.Close(&e.handle)
			err = errors.Join(err, e.db.Close())
		}
	}()
	if err := e.connectWriter(path, settings); err != nil {
		return err
	}
	if err := e.prepare(ctx); err != nil {
		return err
	}
	return e.remember(ctx)
}

// connectWriter makes the writer's connection to the same database; DuckDB's cache of instances knows it by its path and settings.
func (e *Engine) connectWriter(path string, settings map[string]string) error {
	var config mapping.Config
	defer mapping.DestroyConfig(&config)
	if mapping.CreateConfig(&config) == mapping.StateError || mapping.SetConfig(config, "duckdb_api", "go") == mapping.StateError {
		return errors.New("make settings")
	}
	for k, v := range settings {
		if mapping.SetConfig(config, k, v) == mapping.StateError {
			return fmt.Errorf("set %s to %q", k, v)
		}
	}
	var problem string
	if mapping.GetOrCreateFromCache(duck.GetInstanceCache(), path, &e.handle, config, &problem) == mapping.StateError {
		return errors.New(problem)
	}
	if mapping.Connect(e.handle, &e.writer) == mapping.StateError {
		return errors.New("connect to the database")
	}
	if err := execute(e.writer, "ATTACH ':memory:' AS "+recentDatabase); err != nil {
		return err
	}
	// From here on no statement reaches a file of another, or changes a setting. They come last: temp_directory can't be set after them.
	return errors.Join(execute(e.writer, "SET enable_external_access = false"), execute(e.writer, "SET lock_configuration = true"))
}

// prepare creates the tables in an empty file, and returns an error for a file with other ones.
func (e *Engine) prepare(ctx context.Context) error {
	want := layout(e.tables)
	var tables int
	if err := e.db.QueryRowContext(ctx, "SELECT COUNT(*)::INTEGER FROM duckdb_tables()").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		var has string
		if err := e.db.QueryRowContext(ctx, "SELECT layout FROM layout").Scan(&has); err != nil {
			return fmt.Errorf("read layout: %w", err)
		}
		if has != want {
			return fmt.Errorf("its layout is %s; this program writes %s", has, want)
		}
		return nil
	}
	statements := []string{"CHECKPOINT", "BEGIN TRANSACTION"}
	for _, t := range e.tables {
		statements = append(statements, t.create())
	}
	statements = append(statements, "INSERT INTO layout (layout) VALUES ('"+want+"')", "COMMIT", "CHECKPOINT")
	for _, s := range statements {
		if err := execute(e.writer, s); err != nil {
			return err
		}
	}
	return nil
}

// remember reads what was applied, and the tenants.
func (e *Engine) remember(ctx context.Context) error {
	e.applied, e.tenants, e.ends = map[uint32]uint64{}, map[string]tenant{}, map[uint32]ends{}
	e.view, e.flushes, e.recent = &view{filled: map[*table]bool{}, tables: map[*table][]int32{}}, 0, nil
	err := e.each(ctx, "SELECT table_name FROM duckdb_tables() WHERE estimated_size > 0", func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		if i := slices.IndexFunc(e.tables, func(t *table) bool { return t.name == name }); i >= 0 {
			e.view.filled[e.tables[i]] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	if e.flushEvents == 0 {
		e.flushEvents = flushEvents
	}
	var limit string
	if err := e.db.QueryRowContext(ctx, "SELECT current_setting('memory_limit')").Scan(&limit); err != nil {
		return err
	}
	memory, err := memoryOf(limit)
	if err != nil {
		return err
	}
	e.flushBytes = max(min(cmp.Or(e.flushBytes, memory/flushShare), memory/3-flushSpare), leastFlush)
	if err := e.db.QueryRowContext(ctx, "SELECT COALESCE(MAX(flush), 0) FROM progress").Scan(&e.flushes); err != nil {
		return err
	}
	e.view.flush = e.flushes
	if err := e.rememberFailedIDs(ctx); err != nil {
		return err
	}
	if err := e.db.QueryRowContext(ctx, "SELECT COALESCE(MAX(flushes), 0) FROM "+identifier(mergedTable)).Scan(&e.merged); err != nil {
		return err
	}
	e.flushEnds = map[uint32][]flushEnd{}
	err = e.each(ctx, "SELECT flush, log, MAX(seq) FROM progress GROUP BY flush, log ORDER BY flush", func(scan func(...any) error) error {
		var end flushEnd
		var log uint32
		err := scan(&end.flush, &log, &end.seq)
		e.flushEnds[log] = append(e.flushEnds[log], end)
		return err
	})
	if err != nil {
		return err
	}
	err = e.each(ctx, "SELECT log, MAX(seq) FROM progress GROUP BY log", func(scan func(...any) error) error {
		var log, seq int64
		err := scan(&log, &seq)
		e.applied[uint32(log)] = uint64(seq)
		return err
	})
	if err != nil {
		return err
	}
	numbers := map[int32]string{}
	err = e.each(ctx, "SELECT tenant, name, log FROM tenants", func(scan func(...any) error) error {
		var name string
		var t tenant
		err := scan(&t.number, &name, &t.log)
		e.tenants[name], numbers[t.number] = t, name
		return err
	})
	if err != nil {
		return err
	}
	return e.each(ctx, "SELECT tenant, seq, time FROM first_events ORDER BY tenant, seq", func(scan func(...any) error) error {
		var f first
		err := scan(&f.tenant, &f.seq, &f.time)
		name := numbers[f.tenant]
		t := e.tenants[name]
		t.firsts = append(t.firsts, f)
		e.tenants[name] = t
		return err
	})
}

// each runs a statement and calls row for each row of its answer.
func (e *Engine) each(ctx context.Context, text string, row func(scan func(...any) error) error) error {
	rows, err := e.db.QueryContext(ctx, text)
	if err != nil {
		return cause(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return cause(ctx, err)
		}
	}
	return cause(ctx, rows.Err())
}
