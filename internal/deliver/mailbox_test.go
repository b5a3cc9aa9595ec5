package deliver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

func mailboxOf(t testing.TB, keeps int) *Mailbox {
	t.Helper()
	m, err := OpenMailbox(Settings{SMTP: SMTP{From: "reports@example.com", FromName: "Tallystick Reports"}, MailboxDir: filepath.Join(t.TempDir(), "mailbox"), MailboxKeeps: keeps})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMailbox(t *testing.T) {
	m := mailboxOf(t, 0)
	begun := 0
	for range 2 { // the second is the same delivery again
		if got := m.Send(t.Context(), billing(t), counted(&begun)); got.State != Sent {
			t.Fatal(got)
		}
	}
	if got := m.Send(t.Context(), notice(t), counted(&begun)); got.State != Sent || begun != 3 {
		t.Fatalf("%v, begun %d times", got, begun)
	}
	list, err := m.List()
	if err != nil || len(list) != 2 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	raw := bytesOf(t, billing(t))
	want := MailEntry{
		ID: "20251101T050500.000000Z-d-7f3a", From: `"Tallystick Reports" <reports@example.com>`, To: `"Ada Lovelace" <ada@example.com>`,
		Subject: billing(t).Subject, Date: billing(t).Date, Size: int64(len(raw)),
	}
	if list[1] != want || list[0].Subject != notice(t).Subject {
		t.Errorf("listed %+v", list)
	}
	if kept, err := m.Raw(want.ID); err != nil || string(kept) != string(raw) {
		t.Errorf("what is kept is not what is sent, %v", err)
	}
	read, err := m.Read(want.ID)
	if err != nil {
		t.Fatal(err)
	}
	html, _ := billing(t).HTML()
	if read.MailEntry != want || strings.TrimSpace(read.Text) != strings.TrimSpace(billing(t).Text()) || strings.TrimSpace(read.HTML) != strings.TrimSpace(html) {
		t.Errorf("read %+v", read)
	}
	if len(read.Attachments) != 1 || read.Attachments[0].Name != billing(t).File.Name || read.Attachments[0].MediaType != "text/csv" || string(read.Attachments[0].Content) != string(csv) {
		t.Errorf("attached %+v", read.Attachments)
	}
	if len(read.Headers) != 11 {
		t.Errorf("headers %v", read.Headers)
	}
}

func TestMailboxKeepsTheNewest(t *testing.T) {
	m := mailboxOf(t, 3)
	for i := range 5 {
		d := notice(t)
		d.ID, d.Date = fmt.Sprint("n-", i), d.Date+tallystick.Instant(i)
		if got := m.Send(t.Context(), d, func() error { return nil }); got.State != Sent {
			t.Fatal(got)
		}
	}
	if err := os.WriteFile(filepath.Join(m.dir, "notes.txt"), nil, 0o600); err != nil { // somebody else's
		t.Fatal(err)
	}
	list, err := m.List()
	if err != nil || len(list) != 3 || !strings.HasSuffix(list[0].ID, "n-4") || !strings.HasSuffix(list[2].ID, "n-2") {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestMailboxSaysNo(t *testing.T) {
	m := mailboxOf(t, 0)
	for _, id := range []string{"", "nothing", "../mailbox/x", "..", "a/b", "\x00"} {
		if _, err := m.Read(id); tallystick.CodeOf(err) != tallystick.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	if got := m.Send(t.Context(), notice(t), func() error { return errors.New("the lease is lost") }); got.State != Again {
		t.Error(got)
	}
	d := notice(t)
	d.Subject = "a\r\nBcc: eve@example.org"
	begun := 0
	if got := m.Send(t.Context(), d, counted(&begun)); got.State != Failed || begun != 0 {
		t.Error(got)
	}
	if list, err := m.List(); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add(bytesOf(f, billing(f)))
	f.Add(bytesOf(f, notice(f)))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n"))
	f.Add([]byte("Subject: =?utf-8?b?//8=?=\n\nbody"))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := ReadMail(content)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v and %v", m, err)
		}
		if err == nil && len(m.Text)+len(m.HTML) > 3*len(content) {
			t.Fatal("it grew")
		}
	})
}

// TestMailboxSurvivesPowerCuts cuts the power at every write: what was said to be kept is there, and what is there is whole.
func TestMailboxSurvivesPowerCuts(t *testing.T) {
	open := func(d *disktest.Disk) (*Mailbox, error) {
		return OpenMailbox(Settings{SMTP: SMTP{From: "reports@example.com"}, MailboxDir: "mailbox", MailboxKeeps: 2, FS: d})
	}
	work := func(d *disktest.Disk) (kept []string) {
		m, err := open(d)
		if err != nil {
			return nil
		}
		for i := range 3 {
			n := notice(t)
			n.ID, n.Date = fmt.Sprint("n-1-", i), n.Date+tallystick.Instant(i)
			if m.Send(context.Background(), n, func() error { return nil }).State == Sent {
				kept = append(kept, fileID(n))
			}
		}
		return kept
	}
	// losses counts what was said to be kept and is not there, or is there and is not whole.
	losses := func(d *disktest.Disk, kept []string, mode disktest.Mode, seed int) (n int) {
		m, err := open(d.Reboot(mode, uint64(seed)))
		if err != nil {
			t.Fatal(err)
		}
		list, err := m.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if _, err := m.Read(e.ID); err != nil {
				n++
			}
		}
		for _, id := range kept {
			if _, err := m.Raw(id); err != nil && id != fileID(notice(t))+"-0" { // the third pushes out the first
				n++
			}
		}
		return n
	}
	whole := disktest.New()
	work(whole)
	if whole.Operations() < 10 {
		t.Fatalf("only %d operations", whole.Operations())
	}
	lied := 0
	for n := 1; n <= whole.Operations(); n++ {
		for _, mode := range disktest.Modes {
			d := disktest.New()
			d.CutPowerAt(n)
			if lost := losses(d, work(d), mode, n); lost > 0 {
				t.Errorf("cut at %d, %v: %d are lost", n, mode, lost)
			}
			liar := disktest.New()
			liar.Lie()
			liar.CutPowerAt(n)
			lied += losses(liar, work(liar), mode, n)
		}
	}
	if lied == 0 {
		t.Error("a disk that lies was not found out, so this test proves nothing")
	}
}
