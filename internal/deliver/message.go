package deliver

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"

	"github.com/tallystick/tallystick"
)

// message is a delivery as a mail, all but the content of its file, which is read as it is written.
type message struct {
	from, to string // of the envelope
	head     []byte // headers and parts up to the file's content
	file     *File  // nil: nothing is attached
	tail     []byte
}

// mail makes a delivery a mail, or says in an error for people why it can't be one. The same delivery makes the same bytes.
func (d *Delivery) mail(from, fromName string) (*message, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	to, err := mailAddress(d.To)
	if err != nil {
		return nil, err
	}
	if err := checkLine("sender's name", fromName); err != nil {
		return nil, err
	}
	m := &message{from: from, to: to}
	var h header
	h.address("From", fromName, from)
	h.address("To", d.ToName, to)
	h.text("Subject", d.Subject)
	h.add("Date", d.Date.Time().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	h.add("Message-ID", "<"+d.ID+"@"+domainOf(from)+">")
	h.add("Auto-Submitted", "auto-generated") // so that absence notes aren't sent back
	h.add("X-Auto-Response-Suppress", "All")
	if d.Unsubscribe != "" {
		h.add("List-Unsubscribe", "<"+d.Unsubscribe+">")
		if strings.HasPrefix(d.Unsubscribe, "https://") { // RFC 8058 wants it; without, it is a page to open
			h.add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	h.add("MIME-Version", "1.0")

	html, err := d.HTML()
	if err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	both := alternative(d.boundary("text"), d.Text(), html)
	bothType := `multipart/alternative; boundary="` + d.boundary("text") + `"`
	if !d.Attach || d.File == nil {
		h.add("Content-Type", bothType)
		h.WriteString("\r\n")
		m.head = append([]byte(h.String()), both...)
	} else {
		outer := d.boundary("file")
		h.add("Content-Type", `multipart/mixed; boundary="`+outer+`"`)
		h.WriteString("\r\n--" + outer + "\r\n")
		h.add("Content-Type", bothType)
		h.WriteString("\r\n" + string(both) + "--" + outer + "\r\n")
		h.add("Content-Type", d.File.contentType())
		h.add("Content-Transfer-Encoding", "base64")
		h.add("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.File.Name}))
		h.WriteString("\r\n")
		m.head = []byte(h.String())
		m.file = d.File
		m.tail = []byte("--" + outer + "--\r\n")
	}
	if h.broken != "" {
		return nil, tallystick.Errorf(tallystick.Invalid, "what belongs into the header %s can't stand in a header", h.broken).WithHint("take line breaks and control characters out")
	}
	return m, nil
}

// boundary is what parts are told apart by: different for each message and place, and with "=_", which neither base64 nor quoted-printable can hold.
func (d *Delivery) boundary(place string) string {
	sum := sha256.Sum256([]byte(place + "\x00" + d.ID + "\x00" + d.Date.String()))
	return "=_" + hex.EncodeToString(sum[:16])
}

// alternative writes a body twice, the better form last, as RFC 2046 wants it.
func alternative(boundary, text, html string) []byte {
	var b bytes.Buffer
	for _, part := range []struct{ mediaType, body string }{{"text/plain", text}, {"text/html", html}} {
		b.WriteString("--" + boundary + "\r\nContent-Type: " + part.mediaType + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		q := quotedprintable.NewWriter(&b)
		io.WriteString(q, part.body) // a buffer never fails
		q.Close()
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.Bytes()
}

// contentType writes a file's media type with its name for old readers, like Content-Disposition in the form of RFC 2231 where it isn't ASCII.
func (f *File) contentType() string {
	mediaType, parameters, err := mime.ParseMediaType(f.MediaType)
	if err != nil {
		mediaType, parameters = "application/octet-stream", map[string]string{}
	}
	parameters["name"] = f.Name
	return mime.FormatMediaType(mediaType, parameters)
}

// size returns how many bytes a mail has.
func (m *message) size() int64 {
	n := int64(len(m.head) + len(m.tail))
	if m.file != nil {
		encoded := (m.file.Size + 2) / 3 * 4
		n += encoded + (encoded+base64Line-1)/base64Line*2
	}
	return n
}

// errFile is in the chain of an error that comes of a file and not of whom it is written to.
var errFile = errors.New("the report's file can't be read")

// writeTo writes the mail. A file that isn't as long as it was said to be, or has another digest, is an error in the end: its reader must not take it for whole.
func (m *message) writeTo(w io.Writer) error {
	if _, err := w.Write(m.head); err != nil {
		return err
	}
	if m.file != nil {
		if err := m.writeFile(w); err != nil {
			return err
		}
	}
	_, err := w.Write(m.tail)
	return err
}

func (m *message) writeFile(w io.Writer) error {
	content, err := m.file.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", errFile, err)
	}
	defer content.Close()
	source := &fileReader{r: content, digest: sha256.New()}
	lines := &lineBreaker{w: w}
	encoder := base64.NewEncoder(base64.StdEncoding, lines)
	if _, err := io.Copy(encoder, source); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	if err := lines.end(); err != nil {
		return err
	}
	if digest := hex.EncodeToString(source.digest.Sum(nil)); source.n != m.file.Size || m.file.SHA256 != "" && !strings.EqualFold(digest, m.file.SHA256) {
		return fmt.Errorf("%w: it is not what it was when the report was made", errFile)
	}
	return nil
}

// fileReader reads a file, counts and digests it, and marks its errors.
type fileReader struct {
	r      io.Reader
	digest hash.Hash
	n      int64
}

func (f *fileReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.digest.Write(p[:n])
	f.n += int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", errFile, err)
	}
	return n, err
}

// base64Line is the length of a line of base64, RFC 2045.
const base64Line = 76

// lineBreaker breaks what is written into lines of base64Line.
type lineBreaker struct {
	w      io.Writer
	column int
}

func (l *lineBreaker) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(base64Line-l.column, len(p))
		if _, err := l.w.Write(p[:n]); err != nil {
			return written, err
		}
		written, p, l.column = written+n, p[n:], l.column+n
		if l.column == base64Line {
			if err := l.end(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// end ends the line, if there is one.
func (l *lineBreaker) end() error {
	if l.column == 0 {
		return nil
	}
	l.column = 0
	_, err := l.w.Write([]byte("\r\n"))
	return err
}
