package deliver

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// MailEntry is a message of a mailbox, as a list shows it.
type MailEntry struct {
	ID                string // what [Mailbox.Read] takes
	From, To, Subject string
	Date              tallystick.Instant
	Size              int64 // bytes
}

// Mail is a message that has been read.
type Mail struct {
	MailEntry
	Headers     []MailHeader // by name, decoded
	Text, HTML  string
	Attachments []Attachment
}

// MailHeader is a field of a message's head.
type MailHeader struct{ Name, Value string }

// Attachment is a file of a message.
type Attachment struct {
	Name, MediaType string
	Content         []byte
}

// maxHeaders is how much of a message is looked at for its head, in bytes.
const maxHeaders = 256 << 10

// List returns the messages of a mailbox, newest first. One that can't be read is there without its head.
func (m *Mailbox) List() ([]MailEntry, error) {
	all, err := m.ids()
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	list := make([]MailEntry, 0, len(all))
	for _, e := range all {
		entry, err := m.entry(e)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was too old meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("read mailbox: %w", err)
		}
		list = append(list, entry)
	}
	return list, nil
}

func (m *Mailbox) entry(e disk.Entry) (MailEntry, error) {
	f, err := m.fs.Open(m.path(e.Name))
	if err != nil {
		return MailEntry{}, err
	}
	defer f.Close()
	message, err := mail.ReadMessage(bufio.NewReader(io.LimitReader(disk.Reader(f, 0), maxHeaders)))
	if err != nil {
		return MailEntry{ID: e.Name, Size: e.Size}, nil
	}
	return entryOf(e.Name, e.Size, message.Header), nil
}

func entryOf(id string, size int64, h mail.Header) MailEntry {
	entry := MailEntry{ID: id, Size: size, From: decoded(h.Get("From")), To: decoded(h.Get("To")), Subject: decoded(h.Get("Subject"))}
	if date, err := h.Date(); err == nil {
		entry.Date = tallystick.InstantOf(date)
	}
	return entry
}

// decoded returns a header's value as people read it.
func decoded(value string) string {
	if s, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return s
	}
	return value
}

// Read reads a message. The error is of code NotFound where there is none of that id.
func (m *Mailbox) Read(id string) (*Mail, error) {
	content, err := m.Raw(id)
	if err != nil {
		return nil, err
	}
	read, err := ReadMail(content)
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", id, err)
	}
	read.ID = id
	return read, nil
}

// Raw returns a message as it would be sent.
func (m *Mailbox) Raw(id string) ([]byte, error) {
	missing := tallystick.Errorf(tallystick.NotFound, "there is no message %q in the mailbox", short(id)).WithHint("it may have been too old to be kept; look at the list")
	if id == "" || strings.Trim(id, idLetters) != "" {
		return nil, missing
	}
	content, err := disk.ReadFile(m.fs, m.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing
	}
	if err != nil {
		return nil, fmt.Errorf("read message %s: %w", id, err)
	}
	return content, nil
}

// ReadMail reads a message in the form of a mail.
func ReadMail(content []byte) (*Mail, error) {
	message, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "this is not a mail: %w", err)
	}
	read := &Mail{MailEntry: entryOf("", int64(len(content)), message.Header)}
	for name, values := range message.Header {
		for _, v := range values {
			read.Headers = append(read.Headers, MailHeader{name, decoded(v)})
		}
	}
	slices.SortStableFunc(read.Headers, func(a, b MailHeader) int { return strings.Compare(a.Name, b.Name) })
	if err := read.part(textproto.MIMEHeader(message.Header), message.Body, 0); err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "this is not a whole mail: %w", err)
	}
	return read, nil
}

// maxDepth is how deep parts may lie in parts.
const maxDepth = 5

func (m *Mail) part(h textproto.MIMEHeader, body io.Reader, depth int) error {
	mediaType, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		mediaType = "text/plain" // what RFC 2045 wants
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		if depth == maxDepth {
			return fmt.Errorf("parts lie in parts more than %d deep", maxDepth)
		}
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.part(p.Header, p, depth+1); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(h.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	disposition, names, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case disposition == "attachment":
		m.Attachments = append(m.Attachments, Attachment{names["filename"], mediaType, content})
	case mediaType == "text/plain":
		m.Text += text
	case mediaType == "text/html":
		m.HTML += text
	default:
		m.Attachments = append(m.Attachments, Attachment{parameters["name"], mediaType, content})
	}
	return nil
}
