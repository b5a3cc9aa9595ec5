package ingest

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Binary reads an event in the binary mode of HTTP: its attributes are headers that begin with "Ce-", in percent-encoding, and its data is the body; an empty
// body is no data. Structured is the same event as one JSON text, which [Decoder.Event] reads in the same way and which can be put into quarantine. A body that
// is no JSON stands in it as data_base64, so that it is rejected there too.
func (d *Decoder) Binary(header map[string][]string, body []byte) (e tallystick.Event, structured []byte, err error) {
	var wrongBody *tallystick.Error
	structured = append(structured, '{')
	for _, name := range slices.Sorted(maps.Keys(header)) {
		attribute := strings.ToLower(name)
		switch {
		case strings.HasPrefix(attribute, "ce-"):
			attribute = attribute[len("ce-"):]
		case attribute == "content-type":
			attribute = "datacontenttype"
		default:
			continue
		}
		for _, value := range header[name] { // a header that comes twice is a name that is there twice
			structured = appendQuoted(structured, attribute)
			structured = append(structured, ':')
			structured = appendQuoted(structured, percentDecode(value))
			structured = append(structured, ',')
		}
	}
	if body = trim(body); len(body) > 0 {
		var s scanner
		s.reset(string(body), body)
		if _, wrongBody = s.scan(); wrongBody == nil {
			structured = append(append(structured, `"data":`...), body...)
		} else {
			structured = append(structured, `"data_base64":"`...)
			structured = append(base64.StdEncoding.AppendEncode(structured, body), '"')
		}
	}
	structured = append(trimComma(structured), '}')
	if wrongBody != nil {
		return tallystick.Event{}, structured, under("data", wrongBody)
	}
	e, err = d.Event(structured)
	return e, structured, err
}

// BinaryItem is [Decoder.Binary] with its answer as one of a stream; the bytes of a rejected event are those of the structured one.
func (d *Decoder) BinaryItem(header map[string][]string, body []byte) Item {
	e, structured, err := d.Binary(header, body)
	item := Item{Event: e, Line: 1, Length: int64(len(structured))}
	if !errors.As(err, &item.Err) {
		return item
	}
	item.Rule, item.Digest = RuleOf(err), sha256.Sum256(structured)
	item.Raw = append([]byte(nil), structured[:min(len(structured), MaxRaw)]...)
	if len(structured) <= tallystick.MaxEvent {
		run := d.begin()
		defer d.end(run)
		run.reset(string(structured), structured)
		run.scan() // what it finds wrong is said already
		item.Tenant, item.Source = run.origin()
	}
	return item
}

// CheckHeaders refuses headers of the binary mode whose percent-encoding is broken: what they were meant to say is not known.
func CheckHeaders(header map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !strings.HasPrefix(strings.ToLower(name), "ce-") {
			continue
		}
		for _, value := range header[name] {
			for i := 0; i < len(value); i++ {
				if value[i] == '%' && (i+2 >= len(value) || hexDigit(value[i+1]) < 0 || hexDigit(value[i+2]) < 0) {
					return wrong("the header %s is %s, with a percent sign that no two hexadecimal digits follow", name, quote(value)).WithHint("write a percent sign as %%25")
				}
			}
		}
	}
	return nil
}

func trimComma(b []byte) []byte {
	if b[len(b)-1] == ',' {
		return b[:len(b)-1]
	}
	return b
}

// percentDecode decodes a header's value as CloudEvents encode it. A percent sign without two digits behind it, which [CheckHeaders] refuses, stands for itself.
func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0 {
			b = append(b, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		} else {
			b = append(b, s[i])
		}
	}
	return string(b)
}
