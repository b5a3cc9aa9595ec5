package control

import (
	"sync"

	"github.com/tallystick/tallystick"
)

// knownKeys remembers for a moment what keys may do, for those who send events one by one, thousands a second. What it remembers is forgotten with the next change that this
// program writes, and otherwise within keyMemory: so long may a key go on that another program has revoked, or that expires.
type knownKeys struct {
	mu      sync.Mutex
	actors  map[string]knownKey // by hash
	written uint64              // of all of them
}

type knownKey struct {
	actor Actor
	at    tallystick.Instant
}

const (
	keyMemory = tallystick.Second
	mostKnown = 10_000
)

func (k *knownKeys) get(hash string, written uint64, now tallystick.Instant) (Actor, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known, ok := k.actors[hash]
	return known.actor, ok && k.written == written && now >= known.at && now-known.at < keyMemory
}

func (k *knownKeys) put(hash string, a Actor, written uint64, now tallystick.Instant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.actors == nil || k.written != written || len(k.actors) >= mostKnown {
		k.actors, k.written = map[string]knownKey{}, written
	}
	k.actors[hash] = knownKey{a, now}
}
