package deliver

import (
	"net/mail"
	"strings"

	"golang.org/x/net/idna"

	"github.com/tallystick/tallystick"
)

// mailAddress returns a mail address as it is written to a mail server, its domain as Punycode, or says in an error for people why it can't be sent to. Forms that only
// some servers understand are refused: quoted names, names that aren't ASCII, and numbers for a domain.
func mailAddress(address string) (string, error) {
	refuse := func(why, hint string) (string, error) {
		return "", tallystick.Errorf(tallystick.Invalid, "%q is not a mail address that can be sent to: %s", short(address), why).WithHint("%s", hint)
	}
	const example = "write it like ada@example.com"
	if strings.ContainsFunc(address, isBreak) {
		return refuse("it has a line break or another control character", "take it out")
	}
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 {
		return refuse("it has no name and domain around an @", example)
	}
	name, domain := address[:at], address[at+1:]
	if len(name) > 64 {
		return refuse("the name before the @ is longer than 64 bytes", "look for another one")
	}
	for _, atom := range strings.Split(name, ".") {
		if atom == "" || strings.Trim(atom, atomLetters) != "" {
			return refuse("the name before the @ may have letters, digits, single dots inside, and !#$%&'*+-/=?^_`{|}~", example)
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || len(ascii) > 253 || strings.HasSuffix(ascii, ".") || strings.Trim(ascii, domainLetters) != "" || strings.Trim(ascii, "0123456789.") == "" {
		return refuse("what is behind the @ is not the name of a domain", example)
	}
	for _, label := range strings.Split(ascii, ".") {
		if label == "" || len(label) > 63 {
			return refuse("what is behind the @ is not the name of a domain", example)
		}
	}
	sendable := name + "@" + ascii
	if parsed, err := mail.ParseAddress(sendable); err != nil || parsed.Address != sendable {
		return refuse("it is not one address", example)
	}
	return sendable, nil
}

const (
	domainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
	atomLetters   = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"
)

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

func checkMailAddress(_ Settings, address string) error {
	_, err := mailAddress(address)
	return err
}
