package tallystick

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// Labels are the data fields of an event whose type is not built in: a text, a number or a truth value under a name. An event keeps them as they came
// ([Event.Extra]); queries speak of them by a [Field] of their name.

// MaxNumber is the largest size of a number among the labels; one of more, or with more than six decimals, can be shown but not added up.
const MaxNumber = MaxInteger

// NumberUnit is how many base units of a number among the labels make one: they are counted in millionths.
const NumberUnit = 1_000_000

// IsLabel reports whether a name can be that of a label: a letter or _, then letters, digits, _, - and ., up to 64 of them. Fields under other names are kept, but
// no query can speak of them.
func IsLabel(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// label returns a data field that the vocabulary does not know, in text form; "" where it is absent, an array or an object.
func (e *Event) label(f Field) string {
	for i := range e.Extra {
		if e.Extra[i].Name == string(f) && IsLabel(string(f)) {
			text, _, _ := e.Extra[i].Label()
			return text
		}
	}
	return ""
}

// Label returns the value as a label: in text form and, where it is a number that fits, in millionths. The text of such a number is the shortest, so that 5, 5.0 and
// 50e-1 are the same label. An array or an object is no label: it is "".
func (x *Extra) Label() (text string, millionths int64, isNumber bool) {
	switch {
	case x.JSON == "" || x.JSON[0] == '[' || x.JSON[0] == '{' || x.JSON == "null":
		return "", 0, false
	case x.JSON[0] == '"':
		if json.Unmarshal([]byte(x.JSON), &text) != nil { // ingest has checked it
			return "", 0, false
		}
		return text, 0, false
	case x.JSON[0] == 't' || x.JSON[0] == 'f':
		return x.JSON, 0, false
	}
	n, ok := ParseNumber(x.JSON)
	if !ok {
		return x.JSON, 0, false
	}
	return FormatNumber(n), n, true
}

// ParseNumber reads a JSON number exactly, in millionths. It is false for one above [MaxNumber] in size, with more than six decimals, or that is no number.
func ParseNumber(s string) (millionths int64, ok bool) {
	const longest = 400 // digits: more of them would only be zeros, and nobody writes those
	mantissa, power, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	digits := strings.TrimRight(fraction, "0")
	exponent := 6 - len(digits)
	if power != "" {
		n, err := strconv.Atoi(power)
		if err != nil || n > longest || n < -longest {
			return 0, false
		}
		exponent += n
	}
	if digits = whole + digits; digits == "" || len(digits) > longest || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, _ := new(big.Int).SetString(digits, 10)
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent >= 0 {
		n.Mul(n, shift)
	} else {
		rest := new(big.Int)
		if n.QuoRem(n, shift, rest); rest.Sign() != 0 {
			return 0, false
		}
	}
	if !n.IsInt64() || n.Int64() > MaxNumber*NumberUnit {
		return 0, false
	}
	if strings.HasPrefix(mantissa, "-") {
		return -n.Int64(), true
	}
	return n.Int64(), true
}

// FormatNumber prints millionths in the shortest form, such as "-4.5".
func FormatNumber(millionths int64) string {
	var b []byte
	n := millionths
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/NumberUnit, 10)
	if rest := n % NumberUnit; rest > 0 {
		b = append(b, '.')
		b = append(b, strings.TrimRight(strconv.FormatInt(NumberUnit+rest, 10)[1:], "0")...)
	}
	return string(b)
}
