package datadir

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// idFile holds the name of the event store.
const idFile = "ID"

// ID returns the name of the event store in the directory: a random one, made when it is first asked for, that stays with it wherever it is moved. A control plane
// remembers it, and so notices when it is given the events of another.
func (d *Dir) ID() (string, error) {
	path := filepath.Join(d.path, idFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		id := strings.ToLower(rand.Text())
		if err := disk.WriteFile(disk.OS, path, []byte(id+"\n")); err != nil {
			return "", denied(d.path, err)
		}
		return id, nil
	}
	if err != nil {
		return "", denied(d.path, err)
	}
	id := strings.TrimSpace(string(text))
	if id == "" || strings.ContainsAny(id, " \n") {
		return "", tallystick.Errorf(tallystick.Internal, "%s does not hold the name of an event store: %.40q", path, text).
			WithHint("restore it from a backup")
	}
	return id, nil
}
