package deliver

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// MaxAttachment is how long a file, in bytes, may be to go along in a mail; whoever makes a delivery sees to it, and gives a link to a longer one. Base64 makes it longer by
// a third, and many mail servers stop at 10 MB.
const MaxAttachment = 7_000_000

// Delivery is what one recipient gets: a report, as a file or a link to it, or a notice. It has no form of its own; empty fields are left out.
type Delivery struct {
	ID          string // the same at every attempt, of letters, digits, ".", "_" and "-"; the Message-ID and the webhook's id are made of it
	To          string // address of the way: a mail address, a URL
	ToName      string
	Secret      Secret // of a webhook: what its request is signed with, "whsec_" and base64
	Subject     string
	Date        tallystick.Instant // the same at every attempt
	Company     string             // whose report it is
	Schedule    string             // name of the schedule; empty: nobody's schedule made it
	Report      string             // title of the report; empty: a notice
	Description string
	Periods     []Period
	Lines       []string // what must be read first, a sentence each: that it is late, that events have come for earlier periods
	Totals      []Fact
	Sample      *Sample // nil: none
	File        *File   // nil: none
	Attach      bool    // the file goes along in a mail; else Link leads to it
	Link        string
	LinkExpires tallystick.Instant // 0: it does not
	Action      *Action            // nil: there is nothing to do
	Unsubscribe string             // where these mails are stopped: by one POST, as RFC 8058 has it, if it is https; empty: nowhere
	Receipt     json.RawMessage    // how the numbers can be made again; webhooks carry it
}

// Period is what a report covers for a company, [From, Before), as its people read it and in UTC.
type Period struct {
	Company            string // empty: all of them
	Zone               string // IANA name
	From, Before       string // local, such as "1 October 2025 00:00"
	FromUTC, BeforeUTC tallystick.Instant
}

// Fact is a named value, as it is shown.
type Fact struct{ Name, Value string }

// Sample is the beginning of a table, as it is shown.
type Sample struct {
	Columns []string
	Rows    [][]string // each as long as Columns
	Numeric []bool     // by column; numbers stand on the right
	More    int64      // how many rows only the file has

	MoreColumns int // how many columns only the file has
}

// File is a report's file.
type File struct {
	Name      string
	MediaType string
	Size      int64  // bytes
	SHA256    string // hex; empty: not known
	Open      func() (io.ReadCloser, error)
}

// Action is what a notice asks for: a button.
type Action struct{ Text, Link string }

// check says what keeps a delivery from being written in any form at all.
func (d *Delivery) check() error {
	if d.ID == "" || len(d.ID) > 200 || strings.Trim(d.ID, idLetters) != "" {
		return tallystick.Errorf(tallystick.Invalid, "%q is not the id of a delivery", d.ID).WithHint("use up to 200 letters, digits, \".\", \"_\" and \"-\"")
	}
	if err := checkLine("subject", d.Subject); err != nil {
		return err
	}
	if err := checkLine("recipient's name", d.ToName); err != nil {
		return err
	}
	if f := d.File; f != nil {
		if err := checkLine("file's name", f.Name); err != nil {
			return err
		}
		if f.Name == "" || len(f.Name) > maxFileName || strings.ContainsAny(f.Name, `/\`) {
			return tallystick.Errorf(tallystick.Invalid, "%q is not a file's name", short(f.Name)).WithHint("use up to %d bytes, and leave out folders", maxFileName)
		}
	}
	links := []string{d.Link, d.Unsubscribe}
	if d.Action != nil {
		links = append(links, d.Action.Link)
	}
	for _, link := range links {
		if err := checkLink(link); err != nil {
			return err
		}
	}
	return nil
}

const idLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

// The longest values, in bytes. A link and, with its bytes escaped, a file's name stand on one line of a header, and that may be 998 long.
const (
	maxLine     = 2000
	maxLink     = 900
	maxFileName = 255
)

// checkLine says why a value can't be a line of a header.
func checkLine(what, value string) error {
	switch {
	case strings.ContainsFunc(value, isBreak):
		return tallystick.Errorf(tallystick.Invalid, "the %s %q has a line break or another control character", what, short(value)).WithHint("take it out")
	case !utf8.ValidString(value):
		return tallystick.Errorf(tallystick.Invalid, "the %s %q is not UTF-8", what, short(value)).WithHint("write it anew")
	case len(value) > maxLine:
		return tallystick.Errorf(tallystick.Invalid, "the %s %q is %d bytes long, more than %d", what, short(value), len(value), maxLine).WithHint("choose a shorter one")
	}
	return nil
}

// checkLink says why a link can't be given to people. An empty one can.
func checkLink(link string) error {
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	ascii := !strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '"' })
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || !ascii || len(link) > maxLink {
		return tallystick.Errorf(tallystick.Invalid, "%q is not a link", short(link)).WithHint("write a whole address of up to 900 bytes that begins with https://, and escape what is not plain ASCII")
	}
	return nil
}

// isBreak reports whether a rune ends a line or steers a terminal: in a header it would begin another one.
func isBreak(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// short returns the beginning of a text that may be very long.
func short(s string) string {
	if n := 0; len(s) > 60 {
		for i := range s {
			if n++; n > 60 {
				return s[:i] + "…"
			}
		}
	}
	return s
}

// oneLine returns a text on one line: control characters become spaces, several spaces one.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool { return r == ' ' || isBreak(r) }), " ")
}
