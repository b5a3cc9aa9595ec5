package enginetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestScriptsThatAreWrongAreRefusedWithTheirLine(t *testing.T) {
	for _, c := range []struct{ script, problem string }{
		{"load\n", "x:1"},
		{"case a\nload\n  @12:00 acme nothing.happened\n", "x:2"},
		{"case a\nload\n  @12:00 acme message.sent m1\n", "required direction"},
		{"case a\nload\n  @12:00 acme message.sent m1 sideways user u1\n", "sideways"},
		{"case a\nload\n  @12:00 acme message.sent m1 inbound user u1 hostname=x\n", "no field hostname"},
		{"case a\nload\n  @12:00 acme message.edited m1 m2\n", "one value too many"},
		{"case a\nload\n  12:00 acme message.edited m1\n", "not an event"},
		{"case a\nload\n  @25:00 acme message.edited m1\n", "25:00"},
		{"case a\nquery tally acme message.sent\n  from noon\nanswer\n", "noon"},
		{"case a\nquery tally acme message.sent\n  sideways\nanswer\n", "sideways"},
		{"case a\nquery tally acme message.sent\n  by no_field\nanswer\n", "no_field"},
		{"case a\nquery tally acme message.sent\n  where channel_id equals k1\nanswer\n", "equals"},
		{"case a\nquery guess acme\nanswer\n", "guess"},
		{"case a\nquery tally acme message.sent\n  countable\n", "without answer"},
		{"case a\nbase 2025-02-30\n", "no such date"},
		{"case a\nreload\n", "x:2"},
	} {
		if _, err := parseScript("x", c.script); err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%q: error %v, want one with %q", c.script, err, c.problem)
		}
	}
}

// A case whose answer is wrong must not pass. It is run on its own, since it fails its test.
func TestScriptCasesCanFail(t *testing.T) {
	cases, err := parseScript("x", "case a\nload\n  @12:00 acme message.edited m1\nquery tally acme message.edited\nanswer\n  0 1\n")
	if err != nil {
		t.Fatal(err)
	}
	s := cases[0].steps[1]
	for _, c := range []struct {
		got     []string
		refused bool
		want    bool
	}{
		{[]string{"0 1"}, false, true}, {[]string{"0 2"}, false, false}, {nil, false, false}, {[]string{"0 1", "1 1"}, false, false},
		{[]string{errorPrefix + "x"}, false, false}, {[]string{errorPrefix + "x"}, true, true}, {[]string{"0 1"}, true, false},
	} {
		if s.refused = c.refused; s.accepts(c.got) != c.want {
			t.Errorf("accepts(%q) is %v; refused %v", c.got, !c.want, c.refused)
		}
	}
}

func FuzzScript(f *testing.F) {
	files, err := scripts.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := scripts.ReadFile("testdata/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "\ncase ")[1:] {
			f.Add("case " + part)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := parseScript("x", text)
		if err != nil {
			return
		}
		for _, c := range cases { // what is read can be written
			for _, s := range c.steps {
				if s.question != nil {
					_ = s.question.Format(s.base)
				}
				for i := range s.load {
					if e := &s.load[i].Event; Valid(e) != nil {
						t.Errorf("reads an event that is not valid: %s", notation{}.formatEvent(e))
					}
				}
			}
		}
	})
}

func ExampleQuestion_Format() {
	q := Question{Kind: "tally", Tenant: "acme", Types: []string{tallystick.MessageSent}, From: 9 * tallystick.Hour, Before: 17 * tallystick.Hour, Countable: true,
		By: []tallystick.Dimension{{Field: tallystick.FieldChannelID, Labels: map[string]string{"k1": "web", "k2": "web"}}}}
	fmt.Print(q.Format(0))
	// Output:
	// query tally acme message.sent
	//   from 09:00
	//   before 17:00
	//   countable
	//   by channel_id labels k1=web k2=web
}
