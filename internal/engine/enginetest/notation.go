package enginetest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// notation reads and writes the words of scripts: instants, and events on one line. What it writes it reads back, so that a failure of a random test
// can be pasted into a script.
//
// An instant is a time of day on the day that begins at base, with any number of lengths added or taken away (12:00, 12:00:00.5, 00:00+1d, 12:00+24h-1us),
// or RFC 3339, or min or max. An event is
//
//	@INSTANT TENANT TYPE VALUE… FIELD=VALUE…
//
// where the values without a name are those of the type's required fields, in the order of its rules.
type notation struct {
	base tallystick.Instant
	home uint32 // the log whose positions are written without it, where not 1
}

// words splits a line at white space. Text in double quotes, in Go's syntax, belongs to one word; - is the empty word, and one that begins with # ends the line.
func words(line string) ([]string, error) {
	var list []string
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" || line[0] == '#' {
			return list, nil
		}
		if line[0] == '-' && (len(line) == 1 || line[1] == ' ') {
			list, line = append(list, ""), line[1:]
			continue
		}
		var word strings.Builder
		for line != "" && line[0] != ' ' && line[0] != '\t' {
			if line[0] != '"' {
				word.WriteByte(line[0])
				line = line[1:]
				continue
			}
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("quote without an end: %s", line)
			}
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, fmt.Errorf("unquote %s: %w", quoted, err)
			}
			word.WriteString(text)
			line = line[len(quoted):]
		}
		list = append(list, word.String())
	}
}

// quote writes a text as a word: in quotes when it needs them, and - when it is empty.
func quote(s string) string {
	if s == "" {
		return "-"
	}
	for _, r := range s {
		if r <= ' ' || r == '"' || r == '\\' || !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	if s == "-" || s[0] == '#' {
		return strconv.Quote(s)
	}
	return s
}

var lengths = []struct {
	unit   string
	length tallystick.Instant
}{ // longest unit first where one ends in another
	{"us", tallystick.Microsecond}, {"ms", 1000 * tallystick.Microsecond}, {"s", tallystick.Second}, {"m", tallystick.Minute},
	{"h", tallystick.Hour}, {"d", tallystick.Day},
}

// length reads 90m, 24h, 1us.
func length(word string) (tallystick.Instant, error) {
	for _, l := range lengths {
		if digits, ok := strings.CutSuffix(word, l.unit); ok {
			n, err := strconv.ParseInt(digits, 10, 64)
			return tallystick.Instant(n) * l.length, err
		}
	}
	return 0, fmt.Errorf("%q is not a length such as 24h", word)
}

func (n notation) instant(word string) (tallystick.Instant, error) {
	switch {
	case word == "min":
		return tallystick.MinInstant, nil
	case word == "max":
		return tallystick.MaxInstant, nil
	case len(word) > 10 && (word[10] == 'T' || word[10] == 't'):
		return tallystick.ParseInstant(word)
	}
	clock, rest := word, ""
	if i := strings.IndexAny(word, "+-"); i >= 0 {
		clock, rest = word[:i], word[i:]
	}
	if len(clock) == len("15:04") {
		clock += ":00"
	}
	i, err := tallystick.ParseInstant("1970-01-01T" + clock + "Z")
	if err != nil {
		return 0, fmt.Errorf("%q is not an instant", word)
	}
	i += n.base
	for rest != "" {
		sign, end := rest[0], strings.IndexAny(rest[1:], "+-")+1
		if end == 0 {
			end = len(rest)
		}
		l, err := length(rest[1:end])
		if err != nil {
			return 0, err
		}
		if sign == '-' {
			l = -l
		}
		i, rest = i+l, rest[end:]
	}
	return i, nil
}

func (n notation) formatInstant(i tallystick.Instant) string {
	days := (i - n.base) / tallystick.Day
	if i == tallystick.MinInstant {
		return "min"
	} else if i == tallystick.MaxInstant {
		return "max"
	} else if i-n.base < 0 && (i-n.base)%tallystick.Day != 0 {
		days--
	}
	if days < -400 || days > 400 {
		return i.String()
	}
	clock := strings.TrimSuffix((i - n.base - days*tallystick.Day).String()[len("1970-01-01T"):], "Z")
	clock = strings.TrimSuffix(clock, ":00")
	if len(clock) == 2 { // of 15:00:00 only the seconds go
		clock += ":00"
	}
	if days != 0 {
		return fmt.Sprintf("%s%+dd", clock, days)
	}
	return clock
}

// event reads what follows a record's position.
func (n notation) event(list []string) (tallystick.Event, error) {
	var e tallystick.Event
	if len(list) < 3 || list[0] == "" || list[0][0] != '@' {
		return e, fmt.Errorf("%q is not an event: write @INSTANT TENANT TYPE VALUE… FIELD=VALUE…", strings.Join(list, " "))
	}
	at, err := n.instant(list[0][1:])
	if err != nil {
		return e, err
	}
	e.Time, e.Received, e.Tenant, e.Type = at, at, list[1], list[2]
	eventType := tallystick.TypeNamed(e.Type)
	if eventType == nil {
		if e.Extra, err = labels(list[3:]); err != nil {
			return e, err
		}
		return e, Valid(&e)
	}
	given := map[tallystick.Field]string{}
	rules := eventType.Rules
	for _, word := range list[3:] {
		name, value, named := strings.Cut(word, "=")
		if field := tallystick.FieldNamed(name); named && field != tallystick.NoField {
			if eventType.Rule(field) == nil {
				return e, fmt.Errorf("%s has no field %s", e.Type, name)
			}
			given[field] = value
			continue
		}
		for len(rules) > 0 && (!rules[0].Required || has(given, rules[0].Field)) {
			rules = rules[1:]
		}
		if len(rules) == 0 {
			return e, fmt.Errorf("%q is one value too many for %s", word, e.Type)
		}
		given[rules[0].Field], rules = word, rules[1:]
	}
	for i := range eventType.Rules {
		rule := &eventType.Rules[i]
		text, ok := given[rule.Field]
		if !ok {
			continue
		}
		value, err := n.value(rule, text)
		if err != nil {
			return e, fmt.Errorf("%s of %s: %w", rule.Field, e.Type, err)
		}
		e.Data = append(e.Data, value)
	}
	return e, Valid(&e)
}

func has(given map[tallystick.Field]string, f tallystick.Field) bool {
	_, ok := given[f]
	return ok
}

func (n notation) value(rule *tallystick.Rule, text string) (v tallystick.Value, err error) {
	v.Field = rule.Field
	switch rule.Kind {
	case tallystick.KindBool:
		var b bool
		if b, err = strconv.ParseBool(text); b {
			v.Int = 1
		}
	case tallystick.KindInteger:
		v.Int, err = strconv.ParseInt(text, 10, 64)
	case tallystick.KindSeconds:
		whole, fraction, _ := strings.Cut(text, ".")
		v.Int, err = strconv.ParseInt(whole+(fraction + "000000")[:6], 10, 64)
	case tallystick.KindTime:
		var i tallystick.Instant
		i, err = n.instant(text)
		v.Int = int64(i)
	case tallystick.KindTexts:
		v.Text = text
		if !strings.HasPrefix(text, "[") {
			list := []string{}
			if text != "" {
				list = strings.Split(text, ",")
			}
			var b []byte
			b, err = json.Marshal(list)
			v.Text = string(b)
		}
	default:
		v.Text = text
	}
	return v, err
}

func (n notation) formatEvent(e *tallystick.Event) string {
	line := fmt.Sprintf("@%s %s %s", n.formatInstant(e.Time), quote(e.Tenant), e.Type)
	eventType := tallystick.TypeNamed(e.Type)
	if eventType == nil {
		return line + formatLabels(e.Extra)
	}
	for i := range e.Data {
		v := &e.Data[i]
		rule := eventType.Rule(v.Field)
		var text string
		switch rule.Kind {
		case tallystick.KindBool:
			text = strconv.FormatBool(v.Int != 0)
		case tallystick.KindInteger:
			text = strconv.FormatInt(v.Int, 10)
		case tallystick.KindSeconds:
			text = fmt.Sprintf("%d.%06d", v.Int/1_000_000, v.Int%1_000_000)
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		case tallystick.KindTime:
			text = n.formatInstant(tallystick.Instant(v.Int))
		default:
			text = v.Text
		}
		if text = quote(text); text == "-" {
			text = `""`
		}
		if rule.Required && !strings.Contains(text, "=") {
			line += " " + text
		} else {
			line += " " + v.Field.String() + "=" + text
		}
	}
	return line
}

// position reads 7, which is in log 1, or 2-7.
func position(word string) (tallystick.Position, error) {
	if !strings.Contains(word, "-") {
		word = "1-" + word
	}
	return tallystick.ParsePosition(word)
}

func (n notation) formatPosition(p tallystick.Position) string {
	if p.Log == max(1, n.home) {
		return strconv.FormatUint(p.Sequence, 10)
	}
	return p.String()
}
