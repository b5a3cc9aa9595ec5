package control_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/tallystick/tallystick/internal/control/controltest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	controltest.Stop()
	os.Exit(code)
}

// needPostgres returns the address of a schema that is new and empty. The database's clock is one that the test moves: a function of the schema that hides Postgres' own.
func needPostgres(t testing.TB) string {
	t.Helper()
	_, dsn := controltest.Schema(t, fmt.Sprintf(`
		CREATE TABLE %%[1]s.test_clock (micros BIGINT NOT NULL);
		INSERT INTO %%[1]s.test_clock (micros) VALUES (%d);
		CREATE FUNCTION %%[1]s.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
		$$SELECT timestamptz 'epoch' + micros * interval '1 microsecond' FROM %%[1]s.test_clock$$`, start))
	return dsn
}
