package api

import (
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
)

const (
	defaultInFlight  = 64 << 20
	defaultFreeFloor = 1 << 30

	leastShare = 64 << 10 // bytes that every request counts for at least: a buffer, and the goroutine that waits with it
	window     = 4 << 20  // decoded bytes of one request that may wait for their answer before more of it is decoded
)

// inFlight adds up the bytes that requests hold.
type inFlight struct{ bytes atomic.Int64 }

// share is what one request holds: what it announced, or what of it is decoded and not yet answered, whichever is more.
type share struct {
	of              *inFlight
	announced, open int64
}

// admit gives a request a share, nil where the limit does not allow it. A request that is alone is always let in.
func (f *inFlight) admit(announced, limit int64) *share {
	announced = min(max(announced, leastShare), window)
	for {
		now := f.bytes.Load()
		if now > 0 && now+announced > limit {
			return nil
		}
		if f.bytes.CompareAndSwap(now, now+announced) {
			return &share{of: f, announced: announced}
		}
	}
}

// add changes the decoded bytes without an answer.
func (s *share) add(n int64) {
	before := max(s.announced, s.open)
	s.open += n
	if change := max(s.announced, s.open) - before; change != 0 {
		s.of.bytes.Add(change)
	}
}

// release gives everything back.
func (s *share) release() { s.of.bytes.Add(-max(s.announced, s.open)) }

// busy is the answer where a request is not let in.
func busy(limit int64) error {
	return WithStatus(http.StatusTooManyRequests, tallystick.Errorf(tallystick.Unavailable, "too much is on its way to the disk already: the limit is %d bytes", limit).
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
