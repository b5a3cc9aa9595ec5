package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReproduce makes reports, lets late events come, and makes the reports again, from a data directory and from a server.
func TestReproduce(t *testing.T) {
	s := serveKeys(t)
	data := filepath.Join(t.TempDir(), "data")
	local, remote := []string{"--data", data}, []string{"--server", s.url, "--key", "all"}
	load := func(file string) {
		t.Helper()
		tally(append([]string{"import", file}, local...)...).must(t, done)
		tally(append([]string{"import", file}, remote...)...).must(t, done)
	}
	load(examples)
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(in(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	question := []string{"report", "billing-usage", "--tenant", "acme", "--from", "2025-05-06", "--to", "2025-05-07"}
	for _, where := range [][]string{local, remote} {
		name := strings.TrimLeft(where[0], "-")
		tally(append(append(question, "-o", in(name+".xls"), "--receipt", in(name+".json")), where...)...).must(t, done)
	}
	events, err := os.ReadFile(examples)
	if err != nil {
		t.Fatal(err)
	}
	late := bytes.ReplaceAll(events, []byte(`"id": "billing-`), []byte(`"id": "late-`))
	for _, key := range []string{"session_id", "flow_run_id", "call_id", "message_id", "click_id"} {
		late = bytes.ReplaceAll(late, []byte(`"`+key+`": "`), []byte(`"`+key+`": "late-`))
	}
	load(write(t, "late.jsonl", late))
	for _, where := range [][]string{local, remote} {
		name := strings.TrimLeft(where[0], "-")
		got := tally(append([]string{"reproduce", in(name + ".json"), "-o", in(name + ".again")}, where...)...).must(t, done)
		if !strings.HasPrefix(got.stdout, "the tables are the same: ") || !strings.Contains(got.stdout, "\nthe file is the same: usage.xls, ") || strings.Contains(got.stdout, "cause") {
			t.Errorf("with %s: %s", where[0], got.stdout)
		}
		if !bytes.Equal(read(name+".again"), read(name+".xls")) {
			t.Errorf("with %s the file made again is another", where[0])
		}
		tally(append(append(question, "-o", in(name+".new.xls")), where...)...).must(t, done)
		if bytes.Equal(read(name+".new.xls"), read(name+".xls")) {
			t.Errorf("with %s a new report does not have the late events", where[0])
		}
	}
	if !bytes.Equal(read("data.xls"), read("server.xls")) {
		t.Error("the two files differ")
	}

	forged := bytes.Replace(read("data.json"), []byte(`"tables_sha256": "`), []byte(`"tables_sha256": "0`), 1)
	got := tally(append([]string{"reproduce", write(t, "forged.json", forged)}, local...)...).must(t, failed)
	if !strings.HasPrefix(got.stdout, "the tables are not the same: ") || !strings.Contains(got.stdout, "cause: nothing that a file depends on") {
		t.Error(got.stdout)
	}
	got.complains(t, failed, "can't be made again as it was")
	tally(append([]string{"reproduce", write(t, "none.json", []byte("{}"))}, local...)...).complains(t, misuse, "this is no receipt")
	tally(append([]string{"report", "service-usage", "--tenant", "acme", "--receipt", in("x"), "-o", folder}, local...)...).complains(t, misuse, "a receipt is of one file")
}

const examples = "../../reports/billing-usage/billing/events.jsonl"
