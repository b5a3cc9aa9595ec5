package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// rate is how much somebody may ask: so many requests at once, and as many again in a window of time.
type rate struct {
	name   string
	quota  float64 // requests
	window float64 // seconds
}

// Who signed in, by a session or a key, has a rate of their own; all others of an address share one, and so do its wrong credentials.
var (
	byActor   = rate{"actor", 1200, 60}
	byAddress = rate{"address", 300, 60}
	byRefusal = rate{"refusals", 100, 60} // that are written into the audit log, of one who asks
	byWorkers = rate{"work", 60_000, 60}
)

// limiter counts requests in buckets that fill up again evenly. The zero limiter is ready.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

// bucket is what somebody has left, as of a time.
type bucket struct {
	left float64
	at   time.Time
	rate rate
}

// mostBuckets is how many are kept before those that are full again are thrown away.
const mostBuckets = 100_000

// limited refuses who asks too often. Events are not counted here: what of them is on its way to the disk has a limit of its own.
func (s *Server) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		if !strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == eventsPath {
			next.ServeHTTP(w, r)
			return
		}
		rate, who := byAddress, "address "+network(c.address)
		switch c.actor.Kind {
		case control.MemberActor:
			rate, who = byActor, "session "+c.actor.Session
		case control.KeyActor:
			rate, who = byActor, "key "+c.actor.ID
		}
		left, wait := s.limits.ask(who, rate, s.Now())
		w.Header().Set("RateLimit-Policy", fmt.Sprintf("%q;q=%.0f;w=%.0f", rate.name, rate.quota, rate.window))
		w.Header().Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", rate.name, left, wait))
		if left < 0 {
			w.Header().Set("RateLimit", fmt.Sprintf("%q;r=0;t=%d", rate.name, wait))
			w.Header().Set("Retry-After", strconv.Itoa(wait))
			WriteProblem(w, s.Logger, tooOften(rate))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// network returns what an address is counted by: of IPv6 the network of 64 bits that one customer has.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}

func tooOften(r rate) error {
	return WithStatus(http.StatusTooManyRequests, tallystick.Errorf(tallystick.Unavailable, "there were more than %.0f requests in %.0f seconds", r.quota, r.window).
		WithHint("wait as long as the header Retry-After says"))
}

// take counts a request, and returns an error when there are too many.
func (l *limiter) take(who string, r rate, now time.Time) error {
	if left, _ := l.ask(who, r, now); left < 0 {
		return tooOften(r)
	}
	return nil
}

// ask counts a request and returns how many are left, -1 when this one was too many, and the seconds until there is one more.
func (l *limiter) ask(who string, r rate, now time.Time) (left, wait int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[who]
	if !ok {
		if l.buckets == nil {
			l.buckets = map[string]*bucket{}
		}
		l.sweep(now)
		b = &bucket{left: r.quota, at: now, rate: r}
		l.buckets[who] = b
	}
	b.fill(now)
	wait = int((1-min(b.left-1, 0))*r.window/r.quota) + 1
	if b.left < 1 {
		return -1, wait
	}
	b.left--
	return int(b.left), wait
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = min(b.left+passed*b.rate.quota/b.rate.window, b.rate.quota)
	}
	b.at = now
}

// sweep makes room when there are many: buckets that are full again say nothing. Should that not help, all begin anew: better than to run out of memory.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < mostBuckets {
		return
	}
	for who, b := range l.buckets {
		if b.fill(now); b.left >= b.rate.quota {
			delete(l.buckets, who)
		}
	}
	if len(l.buckets) >= mostBuckets {
		clear(l.buckets)
	}
}
