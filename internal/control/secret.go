package control

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Secret is a text that isn't shown: printed or as JSON it is ***. Its owner turns it into a string where it is used.
type Secret string

const hidden = "***"

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// SecretKey seals secrets at rest. The zero key is none.
type SecretKey [32]byte

func (SecretKey) String() string   { return hidden }
func (SecretKey) GoString() string { return hidden }

// LoadSecretKey reads the secret key of a file of 32 bytes that only its owner may read, and makes both when there is no file. Of programs that do so at once, all
// get the same key. The error is of code Denied where others may read the file, Invalid where it is no key: another one is never put in its place, for what the
// lost one has sealed would be lost too.
func LoadSecretKey(path string) (SecretKey, error) {
	k, err := readSecretKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	rand.Read(k[:])                                                           // never fails
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // of mode 0600
	if err != nil {
		return SecretKey{}, fmt.Errorf("make secret key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(k[:])
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		// A link, unlike a rename, doesn't replace what another program has made meanwhile.
		if err = os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
			return readSecretKey(path)
		}
	}
	if err == nil {
		err = disk.OS.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return SecretKey{}, fmt.Errorf("make secret key: %w", err)
	}
	return k, nil
}

func readSecretKey(path string) (k SecretKey, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return k, fmt.Errorf("read secret key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return k, tallystick.Errorf(tallystick.Denied, "the secret key %s can be read by others than its owner", path).WithHint("run chmod 600 on it")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return k, fmt.Errorf("read secret key: %w", err)
	}
	if len(b) != len(k) {
		return k, tallystick.Errorf(tallystick.Invalid, "the secret key %s has %d bytes, and not %d", path, len(b), len(k)).
			WithHint("put back the file that was there, from a backup")
	}
	copy(k[:], b)
	return k, nil
}

// sealed begins a sealed text, and says how it is sealed: AES-256-GCM, a random nonce before it, in base64.
const sealed = "sealed 1 "

// seal makes a text that only the same key opens, and only under the same name: one secret can't be put in the place of another.
func (k *SecretKey) seal(name, text string) (string, error) {
	a, err := k.aead()
	if err != nil {
		return "", err
	}
	return sealed + base64.StdEncoding.EncodeToString(a.Seal(nil, nil, []byte(text), []byte(name))), nil
}

func (k *SecretKey) open(name, text string) (string, error) {
	a, err := k.aead()
	if err != nil {
		return "", err
	}
	text, ok := strings.CutPrefix(text, sealed)
	b, err := base64.StdEncoding.DecodeString(text)
	if ok && err == nil {
		if b, err = a.Open(nil, nil, b, []byte(name)); err == nil {
			return string(b), nil
		}
	}
	return "", tallystick.Errorf(tallystick.Conflict, "the secret key doesn't open %q", name).WithHint("put back the secret.key that sealed it, or set it anew")
}

func (k *SecretKey) aead() (cipher.AEAD, error) {
	if *k == (SecretKey{}) {
		return nil, tallystick.Errorf(tallystick.Conflict, "there is no secret key to keep secrets by").WithHint("start the server with a secret.key")
	}
	block, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// checkSecret sees at the start whether the key is the one that this database was used with before, and not only when a mail can't be sent.
func (s *Store) checkSecret(ctx context.Context) error {
	if s.secret == (SecretKey{}) {
		return nil
	}
	const name = "secret key"
	mine, err := s.secret.seal(name, name)
	if err != nil {
		return err
	}
	return s.write(ctx, func(c conn) error {
		kept, err := c.remember(ctx, name, mine)
		if err != nil {
			return fmt.Errorf("check secret key: %w", err)
		}
		if _, err := s.secret.open(name, kept); err != nil {
			return tallystick.Errorf(tallystick.Conflict, "the secrets of this control database were sealed with another secret key").
				WithHint("put back the secret.key that belongs to it")
		}
		return nil
	})
}
