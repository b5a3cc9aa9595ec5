package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/tallystick/tallystick"
)

// Problem is one thing that is wrong with a definition.
type Problem struct {
	File         string
	Line, Column int    // from 1; 0: it is about the file as a whole
	Message      string // what is wrong, and what to do
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// reader reads the YAML of one definition and gathers what is wrong with it, so that all of it can be mended at once.
type reader struct {
	file     string
	problems []Problem
}

// parse returns the top of a file, nil where it can't be read at all.
func (r *reader) parse(text []byte) ast.Node {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		p := Problem{File: r.file, Message: "not YAML: " + err.Error()}
		syntax := (interface {
			GetMessage() string
			GetToken() *token.Token
		})(nil)
		if errors.As(err, &syntax) {
			p.Message = "not YAML: " + syntax.GetMessage() + hintFor(syntax.GetMessage())
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Column = t.Position.Line, t.Position.Column
			}
		}
		r.problems = append(r.problems, p)
		return nil
	}
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		r.problems = append(r.problems, Problem{File: r.file, Message: "the file is empty; a definition begins with name, title and about"})
		return nil
	case len(file.Docs) > 1:
		r.wrong(file.Docs[1], "a file holds one definition; put the second one into a file of its own")
	}
	return file.Docs[0].Body
}

// hintFor says what is behind what the YAML library says, most times.
func hintFor(message string) string {
	for _, h := range []struct{ says, hint string }{
		{"cannot start any token", "; indent with spaces, not with tabs"},
		{"non-map value is specified", "; does a space stand behind each colon, and is the line indented like its neighbours?"},
		{"value is not allowed in this context", "; is the line indented like its neighbours, and does a text with a colon in it stand in quotes?"},
		{"mapping value is not allowed", "; put a text with a colon in it into quotes"},
	} {
		if strings.Contains(message, h.says) {
			return h.hint
		}
	}
	return ""
}

// wrong notes a problem at a node.
func (r *reader) wrong(n ast.Node, format string, args ...any) {
	p := Problem{File: r.file, Message: fmt.Sprintf(format, args...)}
	if n != nil && n.GetToken() != nil {
		at := n.GetToken()
		if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
			at = m.Values[0].Key.GetToken() // the mapping's own is its first colon
		}
		p.Line, p.Column = at.Position.Line, at.Position.Column
	}
	r.problems = append(r.problems, p)
}

// entry is a key of a mapping with its value.
type entry struct {
	key       string
	at, value ast.Node
}

// entries returns what a mapping holds, in the order of the file.
func (r *reader) entries(n ast.Node, what string) []entry {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.wrong(n, "%s is a list of keys with values, not %s", what, kindOf(n))
		return nil
	}
	var list []entry
	for _, v := range values {
		key, ok := v.Key.(ast.Node)
		if name, is := scalar(key); ok && is {
			list = append(list, entry{name, key, v.Value})
		} else {
			r.wrong(v.Key, "%s has a key that is no text", what)
		}
	}
	return list
}

// fields are the entries of a mapping whose keys are known.
type fields struct {
	*reader
	what string
	node ast.Node
	all  []entry
}

// fields reads a mapping and notes keys that are not among the known ones.
func (r *reader) fields(n ast.Node, what string, known ...string) fields {
	f := fields{r, what, n, r.entries(n, what)}
	for _, e := range f.all {
		if !slices.Contains(known, e.key) {
			r.wrong(e.at, "%s has no key %q%s", what, e.key, suggest(e.key, known))
		}
	}
	return f
}

func (f fields) at(key string) ast.Node {
	for _, e := range f.all {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

func (f fields) has(key string) bool { return f.at(key) != nil }

// text returns the text of a key, "" where it is missing.
func (f fields) text(key string) string {
	n := f.at(key)
	if n == nil {
		return ""
	}
	text, ok := scalar(n)
	if !ok || text == "" {
		f.wrong(n, "%s of %s is a text, not %s", key, f.what, kindOf(n))
	}
	return text
}

// must is text, of a key that has to be there.
func (f fields) must(key string) string {
	if !f.has(key) {
		f.wrong(f.node, "%s has no %s", f.what, key)
	}
	return f.text(key)
}

// word is text that is one of some words.
func (f fields) word(key string, words ...string) string {
	text := f.text(key)
	if text != "" && !slices.Contains(words, text) {
		f.wrong(f.at(key), "%s of %s can't be %q%s", key, f.what, text, suggest(text, words))
		return ""
	}
	return text
}

// flag returns whether a key is true.
func (f fields) flag(key string) bool {
	switch n := f.at(key).(type) {
	case nil:
	case *ast.BoolNode:
		return n.Value
	default:
		f.wrong(n, "%s of %s is true or false, not %s", key, f.what, kindOf(n))
	}
	return false
}

// list returns the elements of a key.
func (f fields) list(key string) []ast.Node {
	switch n := f.at(key).(type) {
	case nil:
		return nil
	case *ast.SequenceNode:
		return n.Values
	default:
		f.wrong(n, "%s of %s is a list, not %s; write [a, b], or a line with - for each", key, f.what, kindOf(n))
	}
	return nil
}

// texts returns a list of texts.
func (f fields) texts(key string) []string {
	var list []string
	for _, n := range f.list(key) {
		text, ok := scalar(n)
		if !ok {
			f.wrong(n, "%s of %s holds texts, not %s", key, f.what, kindOf(n))
			continue
		}
		list = append(list, text)
	}
	return list
}

// number returns a number in millionths, or what holds without.
func (f fields) number(key string, otherwise int64) int64 {
	n := f.at(key)
	if n == nil {
		return otherwise
	}
	text, _ := scalar(n)
	number, ok := tallystick.ParseNumber(text)
	if !ok {
		f.wrong(n, "%s of %s is a number of at most %d with at most six decimals, not %s", key, f.what, tallystick.MaxNumber, kindOf(n))
	}
	return number
}

// scalar returns the text of a text, a number or a truth value as it stands in the file.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n"), true
	case *ast.IntegerNode:
		return n.Token.Value, true
	case *ast.FloatNode:
		return n.Token.Value, true
	case *ast.BoolNode:
		return n.Token.Value, true
	}
	return "", false
}

// kindOf says what stands at a node.
func kindOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a list of keys with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		return "an anchor, alias or tag, which are not read here"
	case *ast.StringNode:
		return fmt.Sprintf("the text %q", n.Value)
	}
	if text, ok := scalar(n); ok {
		return text
	}
	return "that"
}

// suggest says which word may have been meant, or which there are.
func suggest(word string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < least && d < len(w) {
			best, least = w, d
		}
	}
	for _, w := range words { // sender for sender_id
		if best == "" && len(word) > 2 && strings.HasPrefix(strings.ToLower(w), strings.ToLower(word)) {
			best = w
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(words) == 0:
		return "; there are none"
	}
	const few = 16
	if len(words) > few {
		return ""
	}
	return "; write one of " + strings.Join(words, ", ")
}

// distance is the number of letters to insert, remove or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := diagonal
			if a[i] != b[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
