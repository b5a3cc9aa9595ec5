package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// bar shows on a terminal how far a command is, and nothing elsewhere.
type bar struct {
	quit  chan struct{}
	ended sync.WaitGroup
}

// startBar shows progress until stop. The function says how much is done, of how much (0: nobody knows), and what to write behind the bar.
func (p *program) startBar(progress func() (done, total int64, text string)) *bar {
	b := &bar{quit: make(chan struct{})}
	if !p.terminal {
		return b
	}
	b.every(200*time.Millisecond, func(last bool) {
		io.WriteString(p.stderr, barLine(progress))
		if last {
			io.WriteString(p.stderr, "\r\x1b[K")
		}
	})
	return b
}

// every calls fn now and then until stop, and a last time then.
func (b *bar) every(pause time.Duration, fn func(last bool)) {
	b.ended.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fn(false)
			case <-b.quit:
				fn(true)
				return
			}
		}
	})
}

// stop ends the progress.
func (b *bar) stop() {
	close(b.quit)
	b.ended.Wait()
}

func barLine(progress func() (done, total int64, text string)) string {
	const width = 30
	done, total, text := progress()
	if total <= 0 {
		return "\r" + text + "\x1b[K"
	}
	share := min(float64(done)/float64(total), 1)
	full := int(share * width)
	return fmt.Sprintf("\r[%s%s] %3.0f %%  %s\x1b[K", strings.Repeat("=", full), strings.Repeat(" ", width-full), share*100, text)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// thousands prints a number for people, with spaces between groups of three digits. What goes to standard output is for programs too and has plain digits.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// rate prints events a second behind a comma, and nothing for too short a time to tell.
func rate(n int64, d time.Duration) string {
	if d < time.Millisecond || n == 0 {
		return ""
	}
	return fmt.Sprintf(" in %s, %.0f events/s", d.Round(10*time.Millisecond), float64(n)/d.Seconds())
}
