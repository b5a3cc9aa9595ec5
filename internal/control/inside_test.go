package control

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control.db")
	s, err := Open(t.Context(), Options{DSN: path, Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	next := append(append([]migration{}, migrations...), migration{name: "one more", sql: `CREATE TABLE more (a TEXT NOT NULL); INSERT INTO more (a) VALUES ('?');`})
	edited := append([]migration{}, next...)
	edited[0].sqlite += " "
	broken := append(append([]migration{}, next...), migration{name: "broken", sql: `CREATE TABLE half (a TEXT); CREATE TABLE more (a TEXT);`})
	for _, test := range []struct {
		name  string
		steps []migration
		want  string
	}{
		{"nothing new", migrations, ""},
		{"a step more", next, ""},
		{"once only", next, ""},
		{"an older program", migrations, fmt.Sprintf("the control database has version %d, and this program knows versions up to %d", len(next), len(migrations))},
		{"an edited step", edited, `version 1 of the control database was made by another step`},
		{"a step that fails", broken, fmt.Sprintf("version %d, broken", len(broken))},
		{"leaves nothing behind", append(append([]migration{}, next...), migration{name: "whole", sql: `CREATE TABLE half (a TEXT);`}), ""},
	} {
		err := s.migrate(t.Context(), test.steps)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if err := s.migrate(t.Context(), migrations); tallystick.CodeOf(err) != tallystick.Conflict {
		t.Errorf("an older program gets %v", err)
	}
}

func TestARefusalIsWrittenAlsoWhenTheClientHasGone(t *testing.T) {
	s, err := Open(t.Context(), Options{DSN: filepath.Join(t.TempDir(), "control.db"), Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before, err := s.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	why := errors.New("why")
	if err := s.refused(gone, Nobody(From{}), Entry{Action: "refused"}, why); err != why {
		t.Errorf("the error is %v", err)
	}
	if after, err := s.AuditHead(t.Context()); err != nil || after.Seq != before.Seq+1 {
		t.Errorf("it leaves %d entries, %v", after.Seq-before.Seq, err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(encodeCursor("a@example.org"))
	f.Add("YQ=")
	f.Fuzz(func(t *testing.T, cursor string) {
		if key, err := decodeCursor(cursor); err == nil && encodeCursor(key) != cursor {
			t.Errorf("%q is another form of %q", cursor, encodeCursor(key))
		}
	})
}

func FuzzRebind(f *testing.F) {
	f.Add("SELECT '?' WHERE a = ? AND b = ?")
	f.Fuzz(func(t *testing.T, query string) {
		if strings.Contains(query, "$") {
			return
		}
		outside, n := strings.Split(query, "'"), 0
		for i := 0; i < len(outside); i += 2 {
			n += strings.Count(outside[i], "?")
		}
		if got := strings.Count(postgres.rebind(query), "$"); got != n || sqlite.rebind(query) != query {
			t.Errorf("%q has %d placeholders, want %d", query, got, n)
		}
	})
}

// FuzzSealed gives the sealed form of a secret to people who edit databases.
func FuzzSealed(f *testing.F) {
	key := SecretKey{1}
	good, err := key.seal("name", "secret")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(sealed)
	f.Add(sealed + base64.StdEncoding.EncodeToString(make([]byte, 40)))
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := key.open("name", text); err == nil && (got != "secret" || !strings.HasPrefix(text, sealed)) {
			t.Errorf("%q opens as %q", text, got)
		}
	})
}

// FuzzSetting gives values of settings from outside.
func FuzzSetting(f *testing.F) {
	f.Add(`"x"`)
	f.Add(`[null, "a"]`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, value string) {
		for i := range SettingList {
			k := &SettingList[i]
			if once, err := k.check([]byte(value)); err == nil {
				if twice, err := k.check([]byte(once)); err != nil || twice != once {
					t.Errorf("%s: %s becomes %s and then %s, %v", k.Name, value, once, twice, err)
				}
			}
		}
	})
}

func TestSettingDefaults(t *testing.T) {
	for i := range SettingList {
		k := &SettingList[i]
		if got, err := k.check([]byte(k.Default)); k.Kind != SecretSetting && (err != nil || got != k.Default) {
			t.Errorf("the default of %s becomes %s, %v", k.Name, got, err)
		}
	}
}
