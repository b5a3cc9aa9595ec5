package api

import (
	"net/http"
	"time"
)

// patience is how long a download waits for a reader who takes nothing.
const patience = time.Minute

// unhurried is an answer that may take as long as its reader goes on reading: a large file over a slow line is no fault. Whoever takes nothing for some time is given
// up, so that nobody holds a file and a goroutine for ever.
type unhurried struct {
	http.ResponseWriter
	patience time.Duration
	watch    *time.Timer
}

// unhurry lifts the limit of time that an answer has. It ends by stop.
func unhurry(w http.ResponseWriter, patience time.Duration) *unhurried {
	control := http.NewResponseController(w)
	control.SetWriteDeadline(time.Time{}) // one that can't be lifted holds
	return &unhurried{w, patience, time.AfterFunc(patience, func() { control.SetWriteDeadline(time.Unix(1, 0)) })}
}

func (u *unhurried) Write(b []byte) (int, error) {
	n, err := u.ResponseWriter.Write(b)
	if u.watch.Stop() { // else it has struck
		u.watch.Reset(u.patience)
	}
	return n, err
}

// Unwrap is for [http.ResponseController].
func (u *unhurried) Unwrap() http.ResponseWriter { return u.ResponseWriter }

func (u *unhurried) stop() { u.watch.Stop() }
