package tallystick

import (
	"archive/zip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// TZDataVersion is the version of the IANA Time Zone Database that every [Calendar] is made from. It is part of the program: the machine's own copy is never read, so
// that the same events give the same numbers everywhere.
const TZDataVersion = "2025c"

//go:embed tzdata/zoneinfo.zip
var zoneinfo string

// zoneTable is the database: for each name where its data is, and the calendars made so far.
type zoneTable struct {
	files     map[string]*zip.File
	names     []string // sorted
	calendars sync.Map // name → *Calendar; what is there never changes
}

// zones opens the database when it is first needed.
var zones = sync.OnceValue(func() *zoneTable {
	archive, err := zip.NewReader(strings.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic(fmt.Errorf("embedded time zones: %w", err))
	}
	t := &zoneTable{files: make(map[string]*zip.File, len(archive.File))}
	for _, f := range archive.File {
		// Factory is what a machine is set to that was never told its zone.
		if strings.HasSuffix(f.Name, "/") || f.Name == "Factory" {
			continue
		}
		t.files[f.Name] = f
		t.names = append(t.names, f.Name)
	}
	slices.Sort(t.names)
	return t
})

// LoadCalendar returns the calendar of a time zone by its exact IANA name. What is no such name is [Invalid]. It may be called from everywhere at the same
// time, and is fast when called again with the same name.
func LoadCalendar(zone string) (*Calendar, error) {
	t := zones()
	if c, ok := t.calendars.Load(zone); ok {
		return c.(*Calendar), nil
	}
	f, ok := t.files[zone]
	if zone == "" {
		return nil, Errorf(Invalid, "the zone is missing").WithHint(`name a place as the IANA database does, such as "Europe/Berlin" or "America/New_York", or write "UTC"`)
	}
	if !ok {
		err := Errorf(Invalid, "%q is not an IANA time zone", zone)
		if near := t.nearest(zone); near != "" {
			return nil, err.WithHint("did you mean %q?", near)
		}
		return nil, err.WithHint(`name a place as the IANA database does, such as "Europe/Berlin" or "America/New_York", or write "UTC"`)
	}
	location, err := load(f)
	if err != nil {
		return nil, fmt.Errorf("embedded time zone %s: %w", zone, err)
	}
	c, _ := t.calendars.LoadOrStore(zone, &Calendar{zone, location})
	return c.(*Calendar), nil
}

func load(f *zip.File) (*time.Location, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(f.Name, data)
}

// IsZone reports whether [LoadCalendar] knows the name, without loading anything.
func IsZone(name string) bool {
	_, ok := zones().files[name]
	return ok
}

// ZoneNames returns every name that [LoadCalendar] knows, in the order of code points. The slice is the caller's.
func ZoneNames() []string { return slices.Clone(zones().names) }

// nearest returns the zone that was probably meant, "" where that would be a guess: the same letters in another case or with blanks; the city without its continent; the
// one name that begins so; the one with the fewest letters to change.
func (t *zoneTable) nearest(wrong string) string {
	const longest = 40 // no name is as long
	if len(wrong) < 2 || len(wrong) > longest {
		return ""
	}
	if i := strings.LastIndexAny(wrong, "+-"); i >= 0 && i+1 < len(wrong) && '0' <= wrong[i+1] && wrong[i+1] <= '9' {
		return "" // an offset: the signs of Etc/GMT+2 are the other way round than people think
	}
	wrong = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(wrong)), " ", "_")
	var city, longer, similar string
	longerOnes := 0
	distance := len(wrong)/3 + 1
	for _, name := range t.names {
		lower := strings.ToLower(name)
		switch {
		case lower == wrong:
			return name
		case strings.HasSuffix(lower, "/"+wrong):
			city = name
		case strings.HasPrefix(lower, wrong):
			longer = name
			longerOnes++
		}
		if d := editDistance(wrong, lower); d < distance {
			similar, distance = name, d
		}
	}
	switch {
	case city != "":
		return city
	case longerOnes == 1:
		return longer
	}
	return similar
}

// editDistance counts the bytes to insert, delete or replace to turn a into b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
