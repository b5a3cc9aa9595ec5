package ingest

import "github.com/tallystick/tallystick"

// decimal is a JSON number taken apart: ±0.digits × 10^point, exactly. Digits has no zero at either end; the number 0 has none at all.
type decimal struct {
	negative bool
	digits   string
	point    int
}

// farAway is an exponent so large that the digits of one event can't bring its number back into any range.
const farAway = 100 * tallystick.MaxEvent

// parseDecimal takes apart a number whose grammar was checked.
func parseDecimal(s string) decimal {
	var d decimal
	if s[0] == '-' {
		d.negative = true
		s = s[1:]
	}
	exponent, negative := 0, false
	digits := make([]byte, 0, 32)
	whole := true
	i := 0
	for ; i < len(s) && s[i]|0x20 != 'e'; i++ {
		if s[i] == '.' {
			whole = false
			continue
		}
		if s[i] != '0' || len(digits) > 0 {
			digits = append(digits, s[i])
		}
		switch {
		case whole && len(digits) > 0:
			d.point++
		case !whole && len(digits) == 0:
			d.point--
		}
	}
	if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
		negative = s[i] == '-'
		i++
	}
	for ; i < len(s); i++ {
		exponent = min(exponent*10+int(s[i]-'0'), farAway)
	}
	if negative {
		exponent = -exponent
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		return decimal{}
	}
	d.digits = string(digits)
	d.point += exponent
	return d
}

// cut returns the whole part of the number times 10^shift without its sign, the first digit behind it, and whether anything but zeros is behind it. The
// caller makes sure that the result fits.
func (d decimal) cut(shift int) (n int64, next byte, rest bool) {
	point := d.point + shift
	for i := range max(point, 0) {
		n *= 10
		if i < len(d.digits) {
			n += int64(d.digits[i] - '0')
		}
	}
	next = '0'
	if point >= 0 && point < len(d.digits) {
		next = d.digits[point]
	}
	return n, next, len(d.digits) > max(point, 0)
}

// maxPoint is the point of the largest numbers that a field can hold; those with more digits in front of it are out of every range.
const maxPoint = len("1000000000")

// integer reads a whole number from low to high.
func integer(s string, low, high int64) (int64, *tallystick.Error) {
	if len(s) <= 9 && isDigits(s) {
		var n int64
		for i := range len(s) {
			n = n*10 + int64(s[i]-'0')
		}
		if n >= low && n <= high {
			return n, nil
		}
	}
	d := parseDecimal(s)
	show, more := clip(s)
	if d.point <= maxPoint {
		n, _, rest := d.cut(0)
		if rest {
			return 0, outOfRange.wrong("%s%s is not a whole number", show, more)
		}
		if d.negative {
			n = -n
		}
		if n >= low && n <= high {
			return n, nil
		}
	}
	return 0, outOfRange.wrong("%s%s is out of range: a whole number from %d to %d is expected", show, more, low, high)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// seconds reads a span of 0 to MaxSeconds seconds and returns it in microseconds, rounded half up.
func seconds(s string) (int64, *tallystick.Error) {
	const high = tallystick.MaxSeconds * int64(tallystick.Second)
	if d := parseDecimal(s); !d.negative && d.point <= maxPoint {
		n, next, rest := d.cut(6)
		if n < high || n == high && !rest {
			if next >= '5' {
				n++
			}
			return n, nil
		}
	}
	show, more := clip(s)
	return 0, outOfRange.wrong("%s%s is out of range: a number of seconds from 0 to %d is expected", show, more, int64(tallystick.MaxSeconds))
}
