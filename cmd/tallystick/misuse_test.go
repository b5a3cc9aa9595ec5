package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/reports"
)

func catalog(t testing.TB) *report.Catalog {
	t.Helper()
	c, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWrongCommandLines(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tallyWith(context.Background(), strings.NewReader(upsert("1", "acme", "b1")+upsert("2", "zeta", "b1")), nil, "import", "--data", data, "-").must(t, done)
	for _, test := range []struct {
		args string // DATA is the data directory
		says []string
	}{
		{"", []string{"expected one of", "see `tallystick --help`"}},
		{"sing", []string{"sing"}},
		{"report", []string{"<name>", "see `tallystick report --help`"}},
		{"report room-usage --colour red", []string{"unknown flag --colour"}},
		{"report rooms --all-tenants --data DATA", []string{`there is no report "rooms"`, "the reports are billing-usage, ingest-quality, room-usage"}},
		{"report service-usage --all-tenants --data DATA --table graph", []string{`no table "graph"`, "its tables are unique-contacts, "}},
		{"report service-usage --all-tenants --data DATA", []string{"has 5 tables", "-o DIR"}},
		{"report room-usage --all-tenants --data DATA --option colour=red", []string{"colour", "governance"}},
		{"report room-usage --all-tenants --data DATA --option received=all", []string{`"all"`, "member"}},
		{"report room-usage --all-tenants --data DATA --option received", []string{"--option received has no value"}},
		{"report service-usage --table channels --every day --option every=week --all-tenants --data DATA", []string{"option every is given twice"}},
		{"report room-usage --every day --all-tenants --data DATA", []string{"every"}},
		{"report room-usage --all-tenants --data DATA --where colour=red", []string{"colour", "room, user, channel, platform"}},
		{"report room-usage --all-tenants --data DATA --where room", []string{"--where room has no value"}},
		{"report room-usage --all-tenants --data DATA --zone EST5", []string{"EST5"}},
		{"report room-usage --all-tenants --data DATA --zone Mars/Olympus", []string{"Mars/Olympus"}},
		{"report session-usage --table trend --all-tenants --data DATA --zone Europe/Berlin", []string{"Europe/Berlin"}},
		{"report room-usage --all-tenants --data DATA --from 2025-03-02 --to 2025-03-01", []string{"2025-03-02"}},
		{"report room-usage --all-tenants --data DATA --from 2025-02-29 --to 2025-03-01", []string{"--from: ", "2025-02-29"}},
		{"report room-usage --all-tenants --data DATA --from 2025-02-01 --to yesterday", []string{"--to: ", "yesterday"}},
		{"report room-usage --all-tenants --data DATA --from 2025-02-01", []string{"2025-02-01"}},
		{"report room-usage --all-tenants --data DATA --period last-year", []string{"--period: ", `no period "last-year"`, "last-month"}},
		{"report room-usage --all-tenants --data DATA --period last-month --to 2025-03-01", []string{"--period last-month and --to 2025-03-01 exclude each other"}},
		{"report room-usage --all-tenants --data DATA --as-of now", []string{"--as-of: ", `"now" is not a position`}},
		{"report room-usage --data DATA", []string{"--tenant T or --all-tenants", "acme, zeta"}},
		{"report room-usage --data DATA --tenant acme --all-tenants", []string{"exclude each other"}},
		{"report room-usage --data DATA --tenant nobody", []string{`no tenant "nobody"`}},
		{"report room-usage --all-tenants --data DATA --format doc", []string{`no format "doc"`, "csv, json"}},
		{"report room-usage --all-tenants --data DATA --delimiter :", []string{"--delimiter: ", `":"`}},
		{"report room-usage --all-tenants --data DATA --guard maybe", []string{"--guard: ", `"maybe"`}},
		{"report room-usage --all-tenants --data DATA --threads many", []string{"--threads: ", `"many"`}},
		{"report room-usage --all-tenants --data DATA --memory-limit lots", []string{"--memory-limit: ", `"lots"`}},
		{"report room-usage --all-tenants --data DATA-2", []string{"there is no data directory", "DATA-2"}},
		{"report room-usage --all-tenants --data DATA -o DATA/no/such/file.csv", []string{"there is no directory"}},
		{"report service-usage --all-tenants --data DATA -o DATA/VERSION", []string{"is a file", "5 tables"}},
		{"reports rooms", []string{`there is no report "rooms"`}},
		{"rebuild --data DATA-2", []string{"there is no data directory"}},
		{"verify --data DATA-2", []string{"there is no data directory"}},
		{"import --data DATA", []string{"<file>"}},
		{"import --data DATA nowhere.jsonl", []string{"there is no file nowhere.jsonl"}},
		{"import --data DATA DATA", []string{"is a directory"}},
		{"import --data DATA - -", []string{"twice"}},
		{"import --data DATA --format xml -", []string{"--format: ", "xml"}},
		{"import --data DATA/VERSION -", []string{"is a file, not a data directory"}},
		{"sample --days 0", []string{"--days is 0"}},
		{"sample --from 2025-13-01", []string{"--from: ", "2025-13-01"}},
		{"config --config nowhere.yaml", []string{"there is no configuration file nowhere.yaml"}},
	} {
		t.Run(test.args, func(t *testing.T) {
			r := tally(strings.Fields(strings.ReplaceAll(test.args, "DATA", data))...)
			for i := range test.says {
				test.says[i] = strings.ReplaceAll(test.says[i], "DATA", data)
			}
			r.complains(t, misuse, test.says...)
			if r.stdout != "" {
				t.Errorf("stdout: %s", r.stdout)
			}
		})
	}
	if _, err := os.Stat(data + "-2"); err == nil {
		t.Error("a report has made a data directory")
	}
}

func TestSettings(t *testing.T) {
	file := write(t, "tallystick.yaml", []byte("data: /from/file\nthreads: 3\nguard: \"off\"\n"))
	env := map[string]string{"TALLYSTICK_CONFIG": file, "TALLYSTICK_DATA": "/from/env", "TALLYSTICK_DELIMITER": "|", "TALLYSTICK_KEY": "tsk-secret",
		"TALLYSTICK_CONTROL": "postgres://u:secret@db/x"}
	r := tallyWith(context.Background(), nil, env, "config", "--delimiter", "tab").must(t, done)
	want := "" +
		"data             /from/env       TALLYSTICK_DATA\n" +
		"memory-limit     512MB           default\n" +
		"threads          3               " + file + "\n" +
		"reports          -               default\n" +
		"delimiter        tab             --delimiter\n" +
		"guard            off             " + file + "\n" +
		"key              ***             TALLYSTICK_KEY\n" +
		"listen           127.0.0.1:8080  default\n" +
		"control          ***             TALLYSTICK_CONTROL\n" +
		"public-url       -               default\n" +
		"smtp             -               default\n" +
		"mailbox          -               default\n" +
		"trusted-proxies  -               default\n"
	if r.stdout != want {
		t.Errorf("got\n%swant\n%s", r.stdout, want)
	}
	t.Run("reach the command", func(t *testing.T) {
		tallyWith(context.Background(), nil, env, "rebuild").complains(t, misuse, "there is no data directory /from/env")
	})
	for _, test := range []struct{ name, text, says string }{
		{"an unknown one", "dta: x\n", `there is no setting "dta"; the settings are data, `},
		{"one of a wrong value", "threads: many\n", `: "many" is not a number of threads`},
		{"one with two values", "data: [a, b]\n", "the setting data is not a single value"},
		{"given twice", "data: a\ndata: b\n", "is not a YAML map of settings"},
		{"no map", "- data\n", "is not a YAML map of settings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := write(t, "c.yaml", []byte(test.text))
			tally("config", "--config", file).complains(t, misuse, file, test.says)
		})
	}
	t.Run("a variable of a wrong value", func(t *testing.T) {
		tallyWith(context.Background(), nil, map[string]string{"TALLYSTICK_GUARD": "maybe"}, "config").complains(t, misuse, `TALLYSTICK_GUARD: "maybe"`)
	})
	t.Run("a secret is not shown", func(t *testing.T) {
		var out strings.Builder
		p := &program{stdout: &out, settings: values{{setting: setting{name: "password", secret: true}, text: "swordfish", origin: "x.yaml"}}}
		if err := new(configCommand).Run(p); err != nil || out.String() != "password  ***  x.yaml\n" {
			t.Errorf("%q, %v", out.String(), err)
		}
	})
}
