package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// mailboxWay keeps the mails that would be sent, for a demonstration, or for a server without one to send by.
var mailboxWay = Way{Name: "mailbox", Check: checkMailAddress, Open: func(s Settings) (Sender, error) { return opened(OpenMailbox(s)) }}

// mailboxKeeps is how many messages a mailbox keeps unless it is told otherwise.
const mailboxKeeps = 1000

// Mailbox is a directory of mails as files, *.eml, which any mail program opens. It keeps the newest. A name begins with the delivery's date and ends in its id, so that the
// same delivery is one file however often it is sent. All methods may be called at the same time; one process at a time may have a directory open.
type Mailbox struct {
	dir            string
	fs             disk.FS
	keeps          int
	from, fromName string

	mu sync.Mutex // held while files are made and removed
}

var _ Sender = (*Mailbox)(nil)

// OpenMailbox opens the mailbox of the settings, and makes its directory where there is none.
func OpenMailbox(s Settings) (*Mailbox, error) {
	if s.MailboxDir == "" {
		return nil, tallystick.Errorf(tallystick.Invalid, "there is no directory for the mailbox").WithHint("name one")
	}
	m := &Mailbox{dir: s.MailboxDir, fs: s.FS, keeps: s.MailboxKeeps, from: "tallystick@localhost", fromName: s.SMTP.FromName}
	if m.fs == nil {
		m.fs = disk.OS
	}
	if m.keeps <= 0 {
		m.keeps = mailboxKeeps
	}
	if s.SMTP.From != "" {
		from, err := mailAddress(s.SMTP.From)
		if err != nil {
			return nil, tallystick.Errorf(tallystick.Invalid, "mails can't come from there: %w", err)
		}
		m.from = from
	}
	if err := m.fs.MkdirAll(m.dir); err != nil {
		return nil, fmt.Errorf("open mailbox: %w", err)
	}
	return m, nil
}

// Close does nothing: nothing of a mailbox is open between calls.
func (*Mailbox) Close() error { return nil }

// Send keeps a mail. It is on disk when its outcome is Sent, and one that was there under its name stays.
func (m *Mailbox) Send(ctx context.Context, d *Delivery, begin func() error) Outcome {
	mail, err := d.mail(m.from, m.fromName)
	if err != nil {
		return outcome(Failed, err.Error())
	}
	var content bytes.Buffer
	if err := mail.writeTo(&content); err != nil {
		return outcome(Again, err.Error())
	}
	if err := ctx.Err(); err != nil {
		return outcome(Again, "broken off: "+context.Cause(ctx).Error())
	}
	if err := begin(); err != nil {
		return outcome(Again, "not begun: "+err.Error())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := disk.WriteFile(m.fs, m.path(fileID(d)), content.Bytes()); err != nil {
		return outcome(Again, "the mailbox takes nothing: "+err.Error())
	}
	if err := m.forget(); err != nil {
		return outcome(Sent, "kept in the mailbox, whose old messages can't be removed: "+err.Error())
	}
	return outcome(Sent, "kept in the mailbox")
}

// fileID is what a delivery's message is called in a mailbox; its order is that of dates.
func fileID(d *Delivery) string { return d.Date.Time().Format("20060102T150405.000000Z") + "-" + d.ID }

const mailboxSuffix = ".eml"

func (m *Mailbox) path(id string) string { return filepath.Join(m.dir, id+mailboxSuffix) }

// ids returns what there is, oldest first.
func (m *Mailbox) ids() ([]disk.Entry, error) {
	entries, err := m.fs.ReadDir(m.dir)
	if err != nil {
		return nil, fmt.Errorf("read mailbox: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e disk.Entry) bool { return e.Dir || !strings.HasSuffix(e.Name, mailboxSuffix) })
	for i := range entries {
		entries[i].Name = strings.TrimSuffix(entries[i].Name, mailboxSuffix)
	}
	return entries, nil
}

// forget removes what is too old to be kept.
func (m *Mailbox) forget() error {
	all, err := m.ids()
	if err != nil || len(all) <= m.keeps {
		return err
	}
	var errs []error
	for _, old := range all[:len(all)-m.keeps] {
		errs = append(errs, m.fs.Remove(m.path(old.Name)))
	}
	return errors.Join(append(errs, m.fs.SyncDir(m.dir))...)
}
