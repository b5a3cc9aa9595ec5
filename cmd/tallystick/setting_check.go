package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/render"
)

// The checks of settings: nil for a value that can be used.

func notEmpty(text string) error {
	if text == "" {
		return tallystick.Errorf(tallystick.Invalid, "it is empty").WithHint("give it a value")
	}
	return nil
}

// database accepts the address of a Postgres, or the name of a file. It repeats no more of an address than its kind: a password may be in it.
func database(text string) error {
	if kind, _, address := strings.Cut(text, "://"); address && kind != "postgres" && kind != "postgresql" {
		return tallystick.Errorf(tallystick.Invalid, "%.40q is no kind of control database", kind+"://").WithHint("write postgres://user:password@host:5432/database, or the name of a file")
	}
	return notEmpty(text)
}

var sizePattern = regexp.MustCompile(`^[1-9][0-9]{0,8} ?([KMG]i?B)$`)

func size(text string) error {
	if !sizePattern.MatchString(text) {
		return tallystick.Errorf(tallystick.Invalid, "%q is not a size", text).WithHint("write a whole number with KB, MB or GB, such as 512MB")
	}
	return nil
}

func wholeNumber(text string) error {
	if n, err := strconv.Atoi(text); err != nil || n < 1 || n > 1024 {
		return tallystick.Errorf(tallystick.Invalid, "%q is not a number of threads", text).WithHint("write a whole number from 1 to 1024")
	}
	return nil
}

// header accepts what can be sent as a part of a header of HTTP. It does not repeat the text, which is a secret.
func header(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return tallystick.Errorf(tallystick.Invalid, "it is not a key: it has white space or characters that no key has").WithHint("give the key as it was shown when it was made")
	}
	return nil
}

func delimiter(text string) error {
	_, err := render.ParseDelimiter(text)
	return err
}

func oneOf(allowed ...string) func(string) error {
	return func(text string) error {
		if !slices.Contains(allowed, text) {
			return tallystick.Errorf(tallystick.Invalid, "%q is none of %s", text, strings.Join(allowed, ", ")).WithHint("choose one of them")
		}
		return nil
	}
}

func hostPort(text string) error {
	_, port, err := net.SplitHostPort(text)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
		return tallystick.Errorf(tallystick.Invalid, "%q is not an address to listen at", text).WithHint("write HOST:PORT, such as 127.0.0.1:8080")
	}
	return nil
}

func webAddress(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return tallystick.Errorf(tallystick.Invalid, "%q is not the address of a server", text).WithHint("write it like https://usage.example.com")
	}
	return nil
}

func mailServer(text string) error {
	_, err := deliver.ParseSMTP(text)
	return err
}

func addresses(text string) error {
	_, err := prefixes(text)
	return err
}

// prefixes reads a list of addresses and ranges of them; "" is none.
func prefixes(text string) (list []netip.Prefix, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(part)
		if a, err := netip.ParseAddr(part); err == nil {
			list = append(list, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		if err != nil {
			return nil, tallystick.Errorf(tallystick.Invalid, "%q is no address and no range of addresses", part).WithHint("write them like 10.0.0.7 or 10.0.0.0/8")
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

// scalar returns the text of a single YAML value.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool, int64, uint64, float64:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("not a single value")
}

// firstLine returns the first line of an error that shows its source below.
func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return line
}
