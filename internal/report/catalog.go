// Package report turns a definition and a request into queries, and their answers into tables.
//
// A request is planned once for each of its tenants by a literal list of named passes ([passes]); the first sets the scope, without which no query can be built. Then
// each table is made by a function of its own from the plan, when its rows are read: tenant after tenant, so that what the rows need is in memory for one tenant at a time.
//
// All rounding is here: engines answer exact integers in base units. Everything that depends on a state at the end of the period, such as names, platforms and
// merges, is asked for as of that end and joined here or handed to the engine as labels.
package report

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Catalog is a set of report definitions: the built-in ones, and those of a folder. It does not change.
type Catalog struct {
	reports  []*tallystick.Report // by name
	types    map[string]*tallystick.DeclaredType
	declared map[string]string // files of these types: the first that declares each
	problems []Problem         // why files are left out, by file

	sliceSize int64 // events that sessions are made of, in a slice that is read at once; 0: [sliceSize]
}

// Load reads the built-in definitions, NAME.yaml, of a file system.
func Load(files fs.FS) (*Catalog, error) {
	c := &Catalog{types: map[string]*tallystick.DeclaredType{}, declared: map[string]string{}}
	return c, c.load(files, true)
}

// With returns a catalog that also has the definitions of a folder, NAME.yaml. A file with a problem is left out, and the others go on: see [Catalog.Problems].
func (c *Catalog) With(files fs.FS) (*Catalog, error) {
	d := &Catalog{
		reports: slices.Clone(c.reports), types: maps.Clone(c.types), declared: maps.Clone(c.declared), problems: slices.Clone(c.problems), sliceSize: c.sliceSize,
	}
	err := d.load(files, false)
	slices.SortFunc(d.reports, func(a, b *tallystick.Report) int { return strings.Compare(a.Name, b.Name) })
	return d, err
}

// largest is how many bytes a definition has at most.
const largest = 1 << 20

func (c *Catalog) load(files fs.FS, builtIn bool) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("list reports: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		if ext := strings.ToLower(path.Ext(name)); strings.HasPrefix(name, ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		text, err := readAll(files, name)
		if err != nil {
			c.problems = append(c.problems, Problem{File: name, Message: err.Error()})
			continue
		}
		r, problems := read(name, text, builtIn)
		if len(problems) == 0 {
			problems = c.add(name, r)
		}
		if builtIn && len(problems) > 0 {
			return fmt.Errorf("built-in report: %s", problems[0])
		}
		c.problems = append(c.problems, problems...)
	}
	return nil
}

func readAll(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err == nil && len(text) > largest {
		err = fmt.Errorf("the file is larger than %d bytes", largest)
	}
	return text, err
}

// add adds a definition, unless it contradicts those that are there.
func (c *Catalog) add(file string, r *tallystick.Report) []Problem {
	wrong := func(format string, args ...any) []Problem {
		return []Problem{{File: file, Message: fmt.Sprintf(format, args...)}}
	}
	if slices.ContainsFunc(c.reports, func(o *tallystick.Report) bool { return o.Name == r.Name }) {
		return wrong("there is a report %q already; give this one another name", r.Name)
	}
	merged := map[string]*tallystick.DeclaredType{}
	for i := range r.Events {
		t := &r.Events[i]
		known := c.types[t.Name]
		if known == nil {
			merged[t.Name] = t
			continue
		}
		// Several reports may be about one type. Each may name fields that the others don't; of the same field they must say the same.
		both := &tallystick.DeclaredType{Name: t.Name, Labels: slices.Clone(known.Labels)}
		for _, l := range t.Labels {
			i := slices.IndexFunc(both.Labels, func(o tallystick.LabelRule) bool { return o.Name == l.Name })
			if i < 0 {
				both.Labels = append(both.Labels, l)
			} else if !alike(both.Labels[i], l) {
				return wrong("it declares the field %s of %s as %s, and %s, which was read first, as %s; declare it the same way in both", l.Name, t.Name, l, c.declared[t.Name], both.Labels[i])
			}
		}
		merged[t.Name] = both
	}
	for name := range merged {
		if c.declared[name] == "" {
			c.declared[name] = file
		}
	}
	maps.Copy(c.types, merged)
	c.reports = append(c.reports, r)
	return nil
}

// alike reports whether two declarations of a field say the same. The order of values does not matter.
func alike(a, b tallystick.LabelRule) bool {
	a.Values, b.Values = slices.Sorted(slices.Values(a.Values)), slices.Sorted(slices.Values(b.Values))
	return reflect.DeepEqual(a, b)
}

// Reports returns the definitions by name. They must not be changed.
func (c *Catalog) Reports() []*tallystick.Report { return c.reports }

// Problems returns why files were left out.
func (c *Catalog) Problems() []Problem { return c.problems }

// Type returns what the definitions declare of a type of event that is not built in, nil where they don't.
func (c *Catalog) Type(name string) *tallystick.DeclaredType { return c.types[name] }

// Report returns the definition of that name.
func (c *Catalog) Report(name string) (*tallystick.Report, error) {
	var names []string
	for _, r := range c.reports {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	for _, p := range c.problems {
		if strings.TrimSuffix(p.File, path.Ext(p.File)) == name {
			return nil, tallystick.Errorf(tallystick.Invalid, "the definition of report %q can't be read: %s", name, p).WithHint("mend it; `tallystick reports` lists all that is wrong")
		}
	}
	return nil, tallystick.Errorf(tallystick.NotFound, "there is no report %q", name).WithHint("the reports are %s", strings.Join(names, ", "))
}
