package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/tallystick/tallystick/internal/control"
)

// beginLifetime is how long somebody may take at the provider.
const beginLifetime = 10 * time.Minute

// begun is a sign-in that has begun, and what its callback is held to.
type begun struct {
	State    string
	Nonce    string
	Verifier string // of PKCE
	Issuer   string
	ReturnTo string
	Until    time.Time
}

// beginCookie keeps a sign-in that has begun in the browser, sealed: the server keeps nothing of those that are never finished, and any of several servers can
// finish it. A browser has one at a time.
type beginCookie struct{ aead cipher.AEAD }

// beginName returns the cookie's name: over https one that no other server of the domain can set.
func beginName(secure bool) string {
	if secure {
		return "__Host-tallystick-oidc"
	}
	return "tallystick-oidc"
}

func newBeginCookie(secret control.SecretKey) (c beginCookie) {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	var err error
	if secret != (control.SecretKey{}) {
		if key, err = hkdf.Key(sha256.New, secret[:], nil, "tallystick OpenID Connect sign-in", len(key)); err != nil {
			panic(err) // of a key that is too long
		}
	}
	block, err := aes.NewCipher(key)
	if err == nil {
		c.aead, err = cipher.NewGCMWithRandomNonce(block)
	}
	if err != nil {
		panic(err) // of a key of another length
	}
	return c
}

func (c *beginCookie) set(w http.ResponseWriter, secure bool, b *begun) error {
	text, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("seal sign-in: %w", err)
	}
	c.write(w, secure, base64.RawURLEncoding.EncodeToString(c.aead.Seal(nil, nil, text, nil)), int(beginLifetime/time.Second))
	return nil
}

func (c *beginCookie) clear(w http.ResponseWriter, secure bool) { c.write(w, secure, "", -1) }

func (c *beginCookie) write(w http.ResponseWriter, secure bool, value string, age int) {
	// Lax, because the provider's site leads back here.
	http.SetCookie(w, &http.Cookie{Name: beginName(secure), Value: value, Path: "/", MaxAge: age, Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// get returns the sign-in that the browser has begun.
func (c *beginCookie) get(r *http.Request, secure bool, now time.Time) (*begun, error) {
	cookie, err := r.Cookie(beginName(secure))
	if err != nil {
		return nil, again("this browser has begun no sign-in, or has finished it already")
	}
	b := &begun{}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err == nil {
		text, err = c.aead.Open(nil, nil, text, nil)
	}
	if err == nil {
		err = json.Unmarshal(text, b)
	}
	if err != nil {
		return nil, again("the sign-in was begun at a server that has been started anew since")
	}
	if !now.Before(b.Until) {
		return nil, again("the sign-in took longer than %d minutes", beginLifetime/time.Minute)
	}
	return b, nil
}
