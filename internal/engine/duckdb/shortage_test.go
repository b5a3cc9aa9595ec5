package duckdb

import (
	"errors"
	"testing"
)

func TestAShortageIsNoDamage(t *testing.T) {
	for message, want := range map[string]bool{
		`IO Error: Cannot open file "x": Too many open files`:                                            true,
		`IO Error: Could not write file "x": No space left on device`:                                    true,
		`IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block`: false,
		`Serialization Error: Failed to deserialize`:                                                     false,
	} {
		if isShortage(errors.New(message)) != want {
			t.Errorf("%s: a shortage is %v", message, !want)
		}
	}
}
