package deliver

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os/exec"
	"strings"
	"testing"

	"encoding/base64"

	"pgregory.net/rapid"
)

// bytesOf writes a mail.
func bytesOf(t rapid.TB, d *Delivery) []byte {
	t.Helper()
	m, err := d.mail("reports@example.com", "Tallystick Reports")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.writeTo(&b); err != nil {
		t.Fatal(err)
	}
	if m.size() != int64(b.Len()) {
		t.Errorf("the size was said to be %d and is %d", m.size(), b.Len())
	}
	return b.Bytes()
}

// leaf is a part of a message that has no parts.
type leaf struct{ mediaType, fileName, content string }

// leaves reads a message with the standard library's readers, and fails where one isn't content.
func leaves(t rapid.TB, get func(string) string, body io.Reader) []leaf {
	t.Helper()
	mediaType, parameters, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatalf("%q: %v", get("Content-Type"), err)
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		var all []leaf
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return all
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, leaves(t, p.Header.Get, p)...)
		}
	}
	switch get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, disposition, _ := mime.ParseMediaType(get("Content-Disposition"))
	return []leaf{{mediaType, disposition["filename"], strings.ReplaceAll(string(content), "\r\n", "\n")}}
}

func TestMessage(t *testing.T) {
	raw := bytesOf(t, billing(t))
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Date": "Sat, 01 Nov 2025 05:05:00 +0000", "Message-Id": "<d-7f3a@example.com>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://reports.example.com/stop/8d1f>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"From": `"Tallystick Reports" <reports@example.com>`, "To": `"Ada Lovelace" <ada@example.com>`,
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != billing(t).Subject {
		t.Errorf("the subject reads %q, %v", got, err)
	}
	parts := leaves(t, m.Header.Get, m.Body)
	html, _ := billing(t).HTML()
	want := []leaf{{"text/plain", "", billing(t).Text()}, {"text/html", "", html}, {"text/csv", billing(t).File.Name, string(csv)}}
	if len(parts) != len(want) {
		t.Fatalf("%d parts, want %d", len(parts), len(want))
	}
	for i := range want {
		if parts[i].content = strings.TrimSuffix(parts[i].content, "\n"); parts[i].mediaType != want[i].mediaType || parts[i].fileName != want[i].fileName ||
			parts[i].content != strings.TrimSuffix(want[i].content, "\n") {
			t.Errorf("part %d is %+v", i, parts[i])
		}
	}
	if !bytes.Equal(raw, bytesOf(t, billing(t))) {
		t.Error("the same delivery was another message")
	}
	unencrypted := billing(t)
	unencrypted.Unsubscribe = "http://reports.example.com/stop"
	if raw := bytesOf(t, unencrypted); !bytes.Contains(raw, []byte("List-Unsubscribe: <http:")) || bytes.Contains(raw, []byte("One-Click")) {
		t.Error("one click is promised without https")
	}
	later := billing(t)
	later.ID = "d-7f3b"
	if bytes.Contains(bytesOf(t, later), []byte(billing(t).boundary("file"))) {
		t.Error("two deliveries have one boundary")
	}
}

// TestPythonReadsMessages asks a reader that knows nothing of ours, and complains of defects.
func TestPythonReadsMessages(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("SKIPPED: there is no python3 to read mails with")
	}
	const program = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
for part in m.walk():
    assert not part.defects, (part.get_content_type(), part.defects)
    for name, value in part.items():
        assert not value.defects, (name, value.defects)
print(m["subject"]); print(m["to"].addresses[0].display_name); print(m["message-id"])
print([p.get_content_type() for p in m.walk()])
print([p.get_filename() for p in m.iter_attachments()])
print(len(m.get_body(("plain",)).get_content()) > 300, "Billing" in m.get_body(("html",)).get_content())`
	d := billing(t)
	d.File.Name = "Müller_Übersicht_2025-11-01 😀.csv"
	d.ToName = "Łucja „Lu“ Żak"
	read := exec.Command(python, "-c", program)
	read.Stdin = bytes.NewReader(bytesOf(t, d))
	read.Env = []string{"PYTHONIOENCODING=utf-8", "PATH=/usr/bin:/bin"}
	out, err := read.CombinedOutput()
	want := d.Subject + "\n" + d.ToName + "\n<d-7f3a@example.com>\n['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/csv']\n['" + d.File.Name + "']\nTrue True\n"
	if err != nil || string(out) != want {
		t.Errorf("python: %v\n%s\nwant\n%s", err, out, want)
	}
}

// TestHeadersCantBeBrokenInto puts anything where people's texts go. It is refused, or read back as it was, and never another header.
func TestHeadersCantBeBrokenInto(tb *testing.T) {
	rapid.Check(tb, func(t *rapid.T) {
		piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"\r\n", "\n", "\r", "\x00", "\r\nBcc: eve@example.org", "\r\n\r\n<html>", "=?utf-8?q?=0D=0ABcc:_x?=", "😀", "e\u0301", "\u2028", " ", "  ", `"`, `\`, "<", ">", ",", strings.Repeat("x", 500), strings.Repeat("é", 300), "\xff",
		}))
		anything := rapid.Map(rapid.SliceOfN(piece, 0, 6), func(all []string) string { return strings.Join(all, "") })
		d := billing(tb)
		d.Subject, d.ToName, d.File.Name = anything.Draw(t, "subject"), anything.Draw(t, "name"), anything.Draw(t, "file")
		if rapid.Bool().Draw(t, "other values") {
			d.ID, d.To, d.Unsubscribe, d.File.MediaType = anything.Draw(t, "id"), anything.Draw(t, "to"), anything.Draw(t, "unsubscribe"), anything.Draw(t, "type")
		}
		if d.File.Name == "" {
			d.File.Name = "x"
		}
		if _, err := d.mail("reports@example.com", "Reports"); err != nil {
			return
		}
		raw := bytesOf(t, d)
		for _, line := range bytes.Split(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line that no mail may have: %q", line)
			}
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range m.Header {
			if len(values) != 1 || !strings.Contains(" From To Subject Date Message-Id Auto-Submitted X-Auto-Response-Suppress List-Unsubscribe List-Unsubscribe-Post Mime-Version Content-Type ", " "+name+" ") {
				t.Fatalf("header %s: %q", name, values)
			}
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != d.Subject {
			t.Fatalf("the subject %q reads %q, %v", d.Subject, got, err)
		}
		if to, err := m.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != d.To || to[0].Name != d.ToName {
			t.Fatalf("%q <%s> reads %v, %v from %q", d.ToName, d.To, to, err, m.Header.Get("To"))
		}
		if parts := leaves(t, m.Header.Get, m.Body); len(parts) != 3 || parts[2].fileName != d.File.Name || parts[2].content != string(csv) {
			t.Fatalf("the file %q came as %+v", d.File.Name, parts[2:])
		}
	})
}

func TestHeaderValues(t *testing.T) {
	for _, value := range []string{
		"plain", "", "two  spaces", " before", "after ", "=?utf-8?q?not_encoded?=", "é", strings.Repeat("word ", 60) + "end", strings.Repeat("x", 300), strings.Repeat("日本語", 50), "tab\tno",
	} {
		var h header
		h.text("Subject", value)
		m, err := mail.ReadMessage(strings.NewReader(h.String() + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != value {
			t.Errorf("%q reads %q, %v", value, got, err)
		}
		for _, line := range strings.Split(h.String(), "\r\n") {
			if len(line) > 78 {
				t.Errorf("a line of %d bytes: %q", len(line), line)
			}
		}
	}
	for _, value := range []string{"a\r\nBcc: eve@example.org", "a\nb", "a\rb", "a\x00b", "é"} {
		var h header
		h.add("X", value)
		if h.broken != "X" || h.String() != "" {
			t.Errorf("%q was let into a header: %q", value, h.String())
		}
	}
}

func TestAFileThatHasChangedDoesNotLookWhole(t *testing.T) {
	whole := billing(t).File
	broken := errors.New("disk on fire")
	for name, file := range map[string]*File{
		"shorter":         {Name: "a", Size: whole.Size + 1, Open: whole.Open},
		"another content": {Name: "a", Size: whole.Size, SHA256: strings.Repeat("0", 64), Open: whole.Open},
		"not there":       {Name: "a", Size: whole.Size, Open: func() (io.ReadCloser, error) { return nil, broken }},
		"broken off": {Name: "a", Size: whole.Size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("room"), failing{broken})), nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := billing(t)
			d.File = file
			m, err := d.mail("reports@example.com", "")
			if err != nil {
				t.Fatal(err)
			}
			if err := m.writeTo(io.Discard); !errors.Is(err, errFile) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
