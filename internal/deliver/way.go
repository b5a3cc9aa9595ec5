package deliver

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Ways are the ways out there are. Another one is a file and a line here.
var Ways = []Way{mailWay, webhookWay, mailboxWay}

// Way is a way out.
type Way struct {
	Name string
	// Check says, in an error for people, why an address is none of this way, under these settings.
	Check func(s Settings, address string) error
	// Open makes the way's sender, or says in an error for people what is wrong with the settings.
	Open func(s Settings) (Sender, error)
}

// WayNamed returns the way of a name.
func WayNamed(name string) (Way, bool) {
	for _, w := range Ways {
		if w.Name == name {
			return w, true
		}
	}
	return Way{}, false
}

// Sender goes one way. All its methods may be called at the same time.
type Sender interface {
	// Send tries once. It calls begin at most once, right before the first byte goes out that can't be taken back; where begin fails, nothing is sent. Until then ctx ends the
	// attempt; from then on an attempt has only a few seconds more, for to break it off is to never know how it went.
	Send(ctx context.Context, d *Delivery, begin func() error) Outcome
	// Close ends idle connections, and those in use when they are done.
	Close() error
}

// opened makes the sender of a way out of one of a concrete type, which is nil where there is an error.
func opened[S Sender](s S, err error) (Sender, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// State is how an attempt ended.
type State string

const (
	Sent    State = "sent"    // the other side has taken it
	Again   State = "again"   // the other side does not have it, or knows it for a repetition; later it may take it
	Failed  State = "failed"  // the other side does not have it and will not take it
	Unknown State = "unknown" // nobody can know: the other side may have it
)

// Outcome is how an attempt ended and why, in the other side's words or ours: one line of at most 500 bytes.
type Outcome struct {
	State  State
	Answer string
}

func (o Outcome) String() string { return string(o.State) + ": " + o.Answer }

func outcome(state State, answer string) Outcome { return Outcome{state, answerLine(answer)} }

// maxAnswer is how much of an answer is kept, in bytes.
const maxAnswer = 500

// answerLine makes an answer fit to be kept and shown.
func answerLine(s string) string {
	s = oneLine(s)
	if len(s) <= maxAnswer {
		return s
	}
	s = s[:maxAnswer-len("…")]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// replyLine is an SMTP server's reply on one line: "550 5.1.1 no such user". Servers repeat the enhanced code on every line; once is enough.
func replyLine(code int, message string) string {
	lines := strings.Split(message, "\n")
	enhanced, _, ok := strings.Cut(lines[0], " ")
	if ok && strings.Count(enhanced, ".") == 2 && strings.Trim(enhanced, "0123456789.") == "" {
		for i := range lines[1:] {
			lines[i+1] = strings.TrimPrefix(lines[i+1], enhanced+" ")
		}
	}
	return strconv.Itoa(code) + " " + strings.Join(lines, " ")
}

// networkAnswer says what broke between us and the other side. The texts of package net begin with what was tried, and that is known.
func networkAnswer(err error) string {
	if e := (*net.OpError)(nil); errors.As(err, &e) && !errors.Is(err, os.ErrDeadlineExceeded) {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}
