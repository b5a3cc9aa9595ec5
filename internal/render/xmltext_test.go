package render

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"testing"
)

// FuzzXMLText reads what was written by the standard library's decoder and the rule of the format: _xHHHH_, from left to right, is the code unit of that number.
func FuzzXMLText(f *testing.F) {
	for _, s := range []string{"", " a ", "<&>]]>\"'", "a\r\nb\tc\x00\x1f\x7f", "_x0041_x0042_", "_x0041\x01", "_x005F_x0041_", "_x005f_", "__x0041_", "\ufffe\uffff\xff\xed\xa0\x80", "🏦_xD83C_"} {
		f.Add(s)
	}
	escape := regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)
	f.Fuzz(func(t *testing.T, s string) {
		var got struct {
			Space string `xml:"space,attr"`
			Text  string `xml:",chardata"`
		}
		x := appendXMLText(nil, s)
		if err := xml.Unmarshal(x, &got); err != nil {
			t.Fatalf("%q: %v", x, err)
		}
		text := escape.ReplaceAllStringFunc(got.Text, func(e string) string {
			n, err := strconv.ParseUint(e[2:6], 16, 16)
			if err != nil {
				t.Fatal(err)
			}
			return string(rune(n))
		})
		if want := string([]rune(s)); text != want {
			t.Errorf("%q reads as %q, want %q", x, text, want)
		}
		if s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') && got.Space != "preserve" {
			t.Errorf("%q may lose its spaces", x)
		}
	})
}
