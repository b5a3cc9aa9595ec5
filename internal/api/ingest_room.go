package api

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
)

const (
	defaultInFlight  = 128 << 20
	defaultFreeFloor = 1 << 30

	leastShare = 64 << 10 // bytes that every request counts for at least: a buffer, and the goroutine that waits with it
	window     = 4 << 20  // decoded bytes of one request that may wait for their answer before more of it is decoded
)

// inFlight adds up the bytes that requests hold, all of them and those of each key. One key has half of the limit at most, so that it does not keep all others out.
type inFlight struct {
	mu    sync.Mutex
	limit int64
	bytes int64
	keys  map[string]int64 // of those that hold some
}

// share is what one request holds: what it announced, or what of it is read or decoded and not yet answered, whichever is more. It is used by one goroutine.
type share struct {
	of              *inFlight
	key             string
	announced, open int64
	read            int64 // memory that the reading of the body has taken
}

// admit gives a request a share, or says why it gets none. A request that is alone is always let in, and the first of a key as far as the key goes.
func (f *inFlight) admit(key string, announced int64) (*share, error) {
	s := &share{of: f, key: key}
	if err := f.more(key, min(max(announced, leastShare), window), 0); err != nil {
		return nil, err
	}
	s.announced = min(max(announced, leastShare), window)
	return s, nil
}

// more counts some more bytes for a key, of whom a request holds some already, where the limits allow it.
func (f *inFlight) more(key string, n, holds int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if others := f.bytes - holds; others > 0 && f.bytes+n > f.limit {
		return busy("too much", f.limit)
	}
	if others := f.keys[key] - holds; others > 0 && f.keys[key]+n > f.limit/2 {
		return busy("too much of this key", f.limit/2)
	}
	f.count(key, n)
	return nil
}

// count adds bytes; the lock is held.
func (f *inFlight) count(key string, n int64) {
	if f.keys == nil {
		f.keys = map[string]int64{}
	}
	f.bytes += n
	if f.keys[key] += n; f.keys[key] == 0 {
		delete(f.keys, key)
	}
}

// held returns the bytes that all requests hold.
func (f *inFlight) held() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}

func (s *share) total() int64 { return max(s.announced, s.open+s.read) }

// add changes the decoded bytes without an answer, and reports whether all requests hold more than they may: then this one waits for answers first.
func (s *share) add(n int64) (crowded bool) {
	before := s.total()
	s.open += n
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.of.count(s.key, s.total()-before)
	return s.of.bytes > s.of.limit
}

// take counts memory for reading the body, or says why there is none.
func (s *share) take(n int64) error {
	before := s.total()
	s.read += n
	err := error(nil)
	if more := s.total() - before; more > 0 {
		err = s.of.more(s.key, more, before)
	}
	if err != nil {
		s.read -= n
	}
	return err
}

// release gives everything back.
func (s *share) release() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.of.count(s.key, -s.total())
}

// busy is the answer where there is no room.
func busy(what string, limit int64) error {
	return WithStatus(http.StatusTooManyRequests, tallystick.Errorf(tallystick.Unavailable, "%s is on its way to the disk already: the limit is %d bytes", what, limit).
		WithHint("send it again in a moment"))
}

// freeDisk remembers for a second how much of a disk is free.
type freeDisk struct {
	mu   sync.Mutex
	at   time.Time
	free uint64
	err  error
}

// check returns an error where less than floor bytes are free. A disk that can't be asked is no reason to refuse: should it be full, the journal says so.
func (d *freeDisk) check(free func() (uint64, error), now time.Time, floor uint64, logger *slog.Logger) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if age := now.Sub(d.at); d.at.IsZero() || age >= time.Second || age < 0 {
		d.at = now
		if d.free, d.err = free(); d.err != nil && logger != nil {
			logger.Warn("the free space of the disk is not known", "error", d.err)
		}
	}
	if d.err != nil || d.free >= floor {
		return nil
	}
	return WithStatus(http.StatusInsufficientStorage,
		tallystick.Errorf(tallystick.Unavailable, "%d bytes of the server's disk are free, and %d must stay free", d.free, floor).
			WithHint("make room on it; nothing of the request was read"))
}
