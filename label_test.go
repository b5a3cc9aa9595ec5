package tallystick

import (
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
		ok   bool
	}{
		{"0", 0, true}, {"-0", 0, true}, {"5", 5_000_000, true}, {"5.0", 5_000_000, true}, {"50e-1", 5_000_000, true}, {"0.5E1", 5_000_000, true},
		{"-4.25", -4_250_000, true}, {"0.000001", 1, true}, {"0.0000001", 0, false}, {"0.0000010", 1, true}, {"1e9", 1e15, true}, {"1000000000.000001", 0, false},
		{"-1e9", -1e15, true}, {"1e10", 0, false}, {"1e999999999999", 0, false}, {"0e5", 0, true}, {"1e-400", 0, false},
		{"", 0, false}, {"-", 0, false}, {"x", 0, false}, {"1x", 0, false}, {"1e", 1_000_000, true}, // the grammar is checked before
	} {
		if got, ok := ParseNumber(c.text); got != c.want || ok != c.ok {
			t.Errorf("%q is %d, %v, want %d, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

// A number is read as big.Rat reads it, and printed so that it is read again.
func TestNumbersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		exact, _ := new(big.Rat).SetString(text)
		exact.Mul(exact, big.NewRat(NumberUnit, 1))
		fits := exact.IsInt() && exact.Num().CmpAbs(big.NewInt(MaxNumber*NumberUnit)) <= 0
		got, ok := ParseNumber(text)
		if ok != fits || ok && exact.Num().Int64() != got {
			t.Fatalf("%s is %d, %v; exactly %s", text, got, ok, exact)
		}
		if again, ok2 := ParseNumber(FormatNumber(got)); ok && (!ok2 || again != got) {
			t.Fatalf("%s was printed as %s, which is %d, %v", text, FormatNumber(got), again, ok2)
		}
	})
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{`"a"`, `5.0`, `true`, `null`, `[1]`, `{}`, `"\u00e9"`, `1e99999`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		x := Extra{Name: "x", JSON: s}
		if text, n, is := x.Label(); is && text != FormatNumber(n) {
			t.Errorf("%s is the label %q and the number %d", s, text, n)
		}
	})
}

func ExampleExtra_Label() {
	e := Event{Type: "com.example.ticket.rated", Extra: []Extra{{"score", "4.50"}, {"team", `"billing"`}}}
	fmt.Println(e.Text("score"), e.Int("score"), e.Text("team"))
	// Output: 4.5 4500000 billing
}
