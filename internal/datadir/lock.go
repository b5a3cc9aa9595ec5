//go:build unix

package datadir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/tallystick/tallystick"
)

// Holder is a program that uses a data directory, as the one that comes second is told.
type Holder struct {
	PID     int
	Command string // what it does, such as "import"
	Address string // where it answers, such as "http://127.0.0.1:8080"; empty where it does not
}

func (h Holder) String() string {
	parts := []string{"pid " + strconv.Itoa(h.PID), h.Command}
	if h.Address != "" {
		parts = append(parts, h.Address)
	}
	return strings.Join(parts, ", ")
}

// takeLock locks the directory for this process and writes its name into the LOCK file.
func takeLock(path string, holder Holder) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(path, lockFile), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, denied(path, err)
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close()
		return nil, heldBy(f, path)
	}
	if err == nil {
		err = errors.Join(f.Truncate(0), writeAt(f, holder.String()+"\n"))
	}
	if err != nil {
		f.Close()
		return nil, denied(path, err)
	}
	return f, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// InUse is the cause of the error about a directory that another program uses.
type InUse struct {
	Holder string // as [Holder.String] prints it; empty where it was just about to be written
}

func (e *InUse) Error() string {
	if e.Holder == "" {
		return "another tallystick"
	}
	return "another tallystick (" + e.Holder + ")"
}

// By reports whether the program runs a command.
func (e *InUse) By(command string) bool {
	return slices.Contains(strings.Split(e.Holder, ", "), command)
}

// Address returns where the program answers; "" where it does not.
func (e *InUse) Address() string {
	for _, part := range strings.Split(e.Holder, ", ") {
		if strings.HasPrefix(part, "http://") || strings.HasPrefix(part, "https://") {
			return part
		}
	}
	return ""
}

// heldBy says who has the directory.
func heldBy(f *os.File, path string) error {
	text, _ := io.ReadAll(io.LimitReader(f, 1<<10))
	e := &InUse{strings.TrimSpace(string(text))}
	hint := "wait for it or stop it"
	if address := e.Address(); address != "" {
		hint = "ask it with --server " + address + ", or stop it"
	}
	return tallystick.Errorf(tallystick.Conflict, "%w is using %s", e, path).WithHint("%s", hint)
}

func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
