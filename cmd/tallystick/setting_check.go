package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// The checks of settings: nil for a value that can be used.

func notEmpty(text string) error {
	if text == "" {
		return tallystick.Errorf(tallystick.Invalid, "it is empty").WithHint("give it a value")
	}
	return nil
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
