// Package disk is the file layer of everything that must survive a power cut: the journal, its key index and the quarantine.
//
// [FS] has only the operations that those need, and says for each when its effect is durable. The real one is [OS]; package disktest has one in memory
// that forgets what was not synced, tears writes, runs full and fails on command. Code on top of FS is tested against it by cutting the power at every
// write.
//
// # Decisions
//
//   - What is durable is said by the caller: [File.Sync] for content, [FS.SyncDir] for names. Nothing is implied by Close, Rename or the passing of time.
//   - Files are written at their end only. What was synced is never overwritten, so no crash can damage it; to replace a file, write another one beside
//     it and rename.
//   - A Sync that fails is final: the kernel may have dropped the pages and a second call would report success. Callers stop using the file and,
//     where they have promised durability, the process.
package disk

import (
	"io"
	"path/filepath"
)

// FS is a file system. Names are paths as [path/filepath] makes them. Errors of missing files satisfy errors.Is(err, fs.ErrNotExist), those of a
// full disk satisfy [IsFull]. All methods may be called at the same time.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (File, error)
	// Create makes an empty file for writing and reading, and empties one that exists. The name is durable after SyncDir of its directory.
	Create(name string) (File, error)
	// Append opens a file for writing at its end and for reading, and makes it where it does not exist.
	Append(name string) (File, error)
	// Rename replaces the file of the name to, atomically. Both names are in one directory; the change is durable after its SyncDir.
	Rename(from, to string) error
	// Remove removes a file or an empty directory. It may come back after a crash before SyncDir.
	Remove(name string) error
	// Stat describes a file or a directory.
	Stat(name string) (Entry, error)
	// ReadDir lists a directory in the order of names.
	ReadDir(dir string) ([]Entry, error)
	// MkdirAll makes a directory with its missing parents, all of them durable on return.
	MkdirAll(dir string) error
	// SyncDir makes the names in a directory durable: files created, renamed and removed.
	SyncDir(dir string) error
}

// File is an open file. ReadAt may be called at the same time as everything else; the writing methods by one goroutine at a time.
type File interface {
	io.ReaderAt
	io.Closer
	// Write writes at the end of the file. After an error some of p may be there.
	io.Writer
	// Sync makes the file's content durable, as of the call. After an error the unsynced content is lost, whatever a second call would say.
	Sync() error
	// Truncate cuts the file to a size, durable after Sync.
	Truncate(size int64) error
	// Size returns the file's size in bytes.
	Size() (int64, error)
}

// Entry is a name in a directory.
type Entry struct {
	Name string // without its directory
	Dir  bool
	Size int64 // bytes; of a directory 0
}

// ReadFile reads a whole file.
func ReadFile(fsys FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	n, err := f.ReadAt(b, 0)
	if err == io.EOF {
		err = nil
	}
	return b[:n], err
}

// WriteFile makes or replaces a file so that after a crash there is the old content or the new one, whole. It is durable on return. The content is first
// written to name + ".new", which a crash may leave behind.
func WriteFile(fsys FS, name string, content []byte) error {
	f, err := fsys.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fsys.Rename(name+".new", name)
	}
	if err == nil {
		err = fsys.SyncDir(filepath.Dir(name))
	}
	return err
}

// Reader reads a file from an offset to its end.
func Reader(f File, offset int64) io.Reader {
	return io.NewSectionReader(f, offset, 1<<62)
}
