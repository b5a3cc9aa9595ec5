package deliver

import (
	"encoding/base64"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// header is a message's head, field by field. What its callers put in has been through [checkLine], and it checks again: there is no way to write a line break.
type header struct {
	strings.Builder
	broken string // name of the first field that had a line break
}

// maxFold is the length of a line, RFC 5322 recommends 78 with its name and 998 is the end.
const maxFold = 76

// maxWord is the longest word that stands in a header as it is; it fits on a line with the name of any field.
const maxWord = 64

// add adds a field of structured text, which must be ASCII. It is folded at spaces.
func (h *header) add(name, value string) {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		if h.broken == "" {
			h.broken = name
		}
		return
	}
	h.WriteString(name + ":")
	column := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		if i > 0 && word != "" && column+1+len(word) > maxFold {
			h.WriteString("\r\n")
			column = 0
		}
		h.WriteString(" " + word)
		column += 1 + len(word)
	}
	h.WriteString("\r\n")
}

// text adds a field of free text.
func (h *header) text(name, value string) { h.add(name, words(value)) }

// address adds a field of one mailbox.
func (h *header) address(name, display, address string) {
	mailbox := "<" + address + ">"
	if display == "" {
		mailbox = address
	} else if isPlain(display) {
		mailbox = strings.TrimSuffix((&mail.Address{Name: display, Address: "a@b"}).String(), "<a@b>") + mailbox
	} else {
		mailbox = words(display) + " " + mailbox
	}
	h.add(name, mailbox)
}

// words returns free text as it stands in a header: as it is, or as encoded words of RFC 2047, with a space between them that readers take out.
func words(s string) string {
	if isPlain(s) {
		return s
	}
	const before, after, most = "=?utf-8?b?", "?=", 39 // bytes of text in a word, so that it fits on a line, which may be 76 long, with the name of any field
	var all []string
	for len(s) > 0 {
		n := min(most, len(s))
		for n < len(s) && n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		all = append(all, before+base64.StdEncoding.EncodeToString([]byte(s[:n]))+after)
		s = s[n:]
	}
	return strings.Join(all, " ")
}

// isPlain reports whether a text may stand in a header as it is: printable ASCII that doesn't look encoded, and whose spaces survive folding.
func isPlain(s string) bool {
	if strings.Contains(s, "=?") || strings.Contains(s, "  ") || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return false
	}
	for _, word := range strings.Split(s, " ") {
		if len(word) > maxWord || strings.ContainsFunc(word, func(r rune) bool { return r < '!' || r > '~' }) {
			return false
		}
	}
	return true
}
