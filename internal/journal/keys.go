package journal

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal/keyindex"
)

// What a key is about, the first byte that is hashed.
const (
	aboutID      = 1 // tenant, source and id
	aboutNatural = 2 // tenant, type and the value of the type's natural key
)

// keys are an event's keys in the key index, and what is kept with them.
type keys struct {
	id, natural keyindex.Key
	hasNatural  bool
	data        uint32 // digest of the part that must agree between copies
}

// keyed is what the sequencer needs to know of an event.
type keyed struct {
	keys
	record     [32]byte // digest for the chain
	start, end int      // of the binary form in the ticket's bytes
}

// keyer makes keys. It is used by one goroutine.
type keyer struct{ scratch []byte }

// encode appends an event's binary form to b and works out its keys.
func (k *keyer) encode(b []byte, e *tallystick.Event) ([]byte, keyed) {
	start := len(b)
	b = e.AppendBinary(b)
	return b, keyed{k.keys(e), sha256.Sum256(b[start:]), start, len(b)}
}

func (k *keyer) keys(e *tallystick.Event) keys {
	k.scratch = e.AppendData(k.scratch[:0])
	d := sha256.Sum256(k.scratch)
	out := keys{id: k.hash(aboutID, e.Tenant, e.Source, e.ID), data: binary.LittleEndian.Uint32(d[:])}
	if value := naturalKey(e); value != "" {
		out.natural, out.hasNatural = k.hash(aboutNatural, e.Tenant, e.Type, value), true
	}
	return out
}

// addTo makes the keys of an accepted event known.
func (k *keys) addTo(x *keyindex.Index) {
	x.Add(k.id, k.data)
	if k.hasNatural {
		x.Add(k.natural, k.data)
	}
}

// hash hashes texts with their lengths, so that no two lists of texts are alike.
func (k *keyer) hash(about byte, texts ...string) keyindex.Key {
	b := append(k.scratch[:0], about)
	for _, t := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	k.scratch = b
	d := sha256.Sum256(b)
	return keyindex.Key{High: binary.BigEndian.Uint64(d[:]), Low: binary.BigEndian.Uint64(d[8:])}
}

// naturalKey returns the value of the natural key that the event's type has, "" where there is none.
func naturalKey(e *tallystick.Event) string {
	t := tallystick.TypeNamed(e.Type)
	if t == nil || t.Key == tallystick.NoField {
		return ""
	}
	for i := range e.Data {
		if e.Data[i].Field == t.Key {
			return e.Data[i].Text
		}
	}
	return ""
}
