package tallystick_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// This file holds the shape of the program that the package doc describes. It reads sources and not what `go list` says, because go test takes a result from its
// cache while the files that the test has read are unchanged, and it does not know what another program has read.

const module = "github.com/tallystick/tallystick"

// longest is the number of lines of a file that holds one idea; past it there is a second one.
const longest = 500

func TestShapeOfTheProgram(t *testing.T) {
	files, problems := breaches(t, os.DirFS("."))
	for _, p := range problems {
		t.Error(p)
	}
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
}

// TestShapeIsHeld breaks every rule once.
func TestShapeIsHeld(t *testing.T) {
	imports := func(paths ...string) string {
		source := "package p\n"
		for _, p := range paths {
			source += "import _ " + strconv.Quote(p) + "\n"
		}
		return source
	}
	for _, test := range []struct {
		name, file, source string
		want               string // in the only breach; empty: there is none
	}{
		{"the root imports the standard library", "a.go", imports("fmt", "encoding/json"), ""},
		{"the root imports nothing of the program", "a.go", imports(module + "/internal/disk"), "a.go imports internal/disk"},
		{"the root imports nothing from elsewhere", "a.go", imports("github.com/x/y"), "a.go imports github.com/x/y"},
		{"the root's tests are free", "a_test.go", imports(module+"/internal/journal", "github.com/x/y"), ""},

		{"a worker imports the root, the disk and libraries", "internal/journal/a.go", imports(module, module+"/internal/disk", "github.com/x/y"), ""},
		{"a worker imports what is below it", "internal/journal/a.go", imports(module + "/internal/journal/keyindex"), ""},
		{"a worker imports no other", "internal/render/a.go", imports(module + "/internal/report"), "internal/render/a.go imports internal/report"},
		{"a name that begins alike is another", "internal/journal/a.go", imports(module + "/internal/journalist"), "imports internal/journalist"},
		{"a part of a worker imports no other", "internal/journal/keyindex/a.go", imports(module + "/internal/ingest"), "imports internal/ingest"},
		{"a worker imports no engine", "internal/report/a.go", imports(module + "/internal/engine/memory"), "imports internal/engine/memory"},
		{"an engine imports no other", "internal/engine/duckdb/a.go", imports(module + "/internal/engine/memory"), "imports internal/engine/memory"},
		{"a worker does not import the definitions", "internal/report/a.go", imports(module + "/reports"), "imports reports"},
		{"a worker's tests are free", "internal/report/a_test.go", imports(module+"/internal/engine/memory", module+"/reports"), ""},

		{"the API combines workers", "internal/api/a.go", imports(module, module+"/internal/journal", module+"/internal/ingest"), ""},
		{"the API names no engine", "internal/api/a.go", imports(module + "/internal/engine/memory"), "imports internal/engine/memory"},
		{"the API imports no command", "internal/api/a.go", imports(module + "/cmd/tallystick"), "imports cmd/tallystick"},

		{"what asks combines workers", "internal/usage/a.go", imports(module, module+"/internal/control", module+"/internal/report"), ""},
		{"what asks knows nothing of HTTP", "internal/usage/a.go", imports(module + "/internal/api"), "imports internal/api"},
		{"the runner combines workers", "internal/runner/a.go", imports(module+"/internal/usage", module+"/internal/deliver"), ""},
		{"the runner knows nothing of HTTP", "internal/runner/a.go", imports(module + "/internal/api"), "imports internal/api"},

		{"packages for tests are for tests", "internal/disk/a.go", imports(module + "/internal/disk/disktest"), "imports internal/disk/disktest"},
		{"also for commands", "cmd/tallystick/a.go", imports(module + "/internal/engine/enginetest"), "imports internal/engine/enginetest"},
		{"packages for tests are free", "internal/engine/enginetest/a.go", imports(module + "/internal/engine/memory"), ""},

		{"commands combine", "cmd/tallystick/a.go", imports(module+"/internal/engine/duckdb", module+"/internal/report", module+"/reports"), ""},
		{"a command imports no other", "cmd/one/a.go", imports(module + "/cmd/two"), "imports cmd/two"},
		{"definitions import nothing of the program", "reports/a.go", imports(module), "reports/a.go imports the root"},
		{"a package of no known place", "pkg/a.go", imports("fmt"), "pkg/a.go is in no known place"},

		{"the time of the machine", "internal/report/a.go", "package p\nimport \"time\"\nvar now = time.Now()", "uses time.Now"},
		{"under another name", "internal/report/a.go", "package p\nimport clock \"time\"\nvar now = clock.Now", "uses time.Now"},
		{"in disguise", "a.go", "package p\nimport \"time\"\nfunc f(t time.Time) any { return time.Since(t) }", "uses time.Since"},
		{"commands know the time", "cmd/tallystick/a.go", "package p\nimport \"time\"\nvar now = time.Now", ""},
		{"another time, another Now", "internal/report/a.go", "package p\nimport \"example.com/time\"\nvar now = time.Now", ""},
		{"zones outside of the root", "internal/report/a.go", "package p\nimport \"time\"\nvar z, _ = time.LoadLocation(\"UTC\")", "uses time.LoadLocation"},
		{"zones inside the root", "a.go", "package p\nimport \"time\"\nvar z, _ = time.LoadLocation(\"UTC\")", ""},

		{"func init", "internal/report/a.go", "package p\nfunc init() {}", "has a func init"},
		{"func init of a test", "internal/report/a_test.go", "package p\nfunc init() {}", "has a func init"},
		{"a method of that name", "internal/report/a.go", "package p\ntype t int\nfunc (t) init() {}", ""},
		{"a long file", "internal/report/a.go", "package p\n" + strings.Repeat("\n", longest), "has 501 lines"},
		{"a long test", "internal/report/a_test.go", "package p\n" + strings.Repeat("\n", longest), ""},

		{"test data", "internal/report/testdata/a.go", "package p\nfunc init() {}", ""},
		{"a module of its own", "tools/a.go", "package p\nfunc init() {}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := breaches(t, fstest.MapFS{test.file: {Data: []byte(test.source)}, "tools/go.mod": {}, "go.mod": {}})
			if test.want == "" && len(problems) > 0 {
				t.Errorf("found %q", problems)
			}
			if test.want != "" && (len(problems) != 1 || !strings.Contains(problems[0], test.want)) {
				t.Errorf("found %q, want %q", problems, test.want)
			}
		})
	}
}

// breaches looks at every Go file of the program and returns how many there are, and a sentence for each breach.
func breaches(t *testing.T, program fs.FS) (files int, problems []string) {
	t.Helper()
	err := fs.WalkDir(program, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == "." {
				return nil
			}
			_, err := fs.Stat(program, path.Join(name, "go.mod"))
			if base := path.Base(name); err == nil || base == "testdata" || base == "node_modules" || base[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		source, err := fs.ReadFile(program, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		f := file{name: name, folder: path.Dir(name), syntax: syntax, lines: bytes.Count(source, []byte("\n"))}
		for _, p := range f.breaches() {
			problems = append(problems, name+" "+p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, problems
}

type file struct {
	name, folder string
	syntax       *ast.File
	lines        int
}

// ofTests reports whether the file is only there to test: those of packages such as enginetest count.
func (f *file) ofTests() bool {
	return strings.HasSuffix(f.name, "_test.go") || strings.HasSuffix(f.folder, "test")
}

func (f *file) breaches() (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			say("has a func init: it would run unseen; let the caller call it")
		}
	}
	if f.ofTests() {
		return problems
	}
	if place, _, _ := strings.Cut(f.folder, "/"); !slices.Contains([]string{".", "cmd", "internal", "reports"}, place) {
		say("is in no known place: write down in the package doc of the root what it is, and here what it may import")
	}
	if f.lines > longest {
		say("has %d lines: look for its second idea", f.lines)
	}
	for _, spec := range f.syntax.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if !f.mayImport(imported) {
			if imported = strings.TrimPrefix(imported, module+"/"); imported == module {
				imported = "the root"
			}
			say("imports %s, which it must not", imported)
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && f.isTime(s.X) && f.mustNotUse(s.Sel.Name) {
			say("uses time.%s: take a Now func() time.Time, or a tallystick.Calendar", s.Sel.Name)
		}
		return true
	})
	return problems
}

// mayImport says what a file that is not for tests may import.
func (f *file) mayImport(imported string) bool {
	local, ours := strings.CutPrefix(imported, module+"/")
	ours = ours || imported == module
	switch place, _, _ := strings.Cut(f.folder, "/"); {
	case strings.HasSuffix(local, "test") && ours:
		return false
	case place == ".":
		first, _, _ := strings.Cut(imported, "/")
		return !strings.Contains(first, ".")
	case !ours:
		return true
	case place == "cmd":
		return !strings.HasPrefix(local, "cmd/")
	case f.folder == "internal/usage" || f.folder == "internal/runner":
		return strings.HasPrefix(local, "internal/") && !strings.HasPrefix(local, "internal/engine") && local != "internal/api" || imported == module
	case f.folder == "internal/api":
		return strings.HasPrefix(local, "internal/") && !strings.HasPrefix(local, "internal/engine") || imported == module
	case place == "internal":
		return imported == module || local == "internal/disk" || strings.HasPrefix(local, f.folder+"/")
	}
	return false
}

// isTime reports whether an expression is package time, under whatever name the file imports it.
func (f *file) isTime(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	for _, spec := range f.syntax.Imports {
		if spec.Path.Value == `"time"` {
			return spec.Name == nil && id.Name == "time" || spec.Name != nil && id.Name == spec.Name.Name
		}
	}
	return false
}

// mustNotUse says what of package time a file that is not for tests must not use. Civil time is [tallystick.Calendar]'s, the time of the machine the command's.
func (f *file) mustNotUse(name string) bool {
	switch name {
	case "Now", "Since", "Until":
		return !strings.HasPrefix(f.folder, "cmd/")
	case "LoadLocation", "Local":
		return f.folder != "."
	}
	return false
}
