package duckdb

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// ends are the positions at which an Apply ended, of a log, ascending: the latest ones. What a batch says as a whole is about a scope where the scope ends at one of them.
type ends []uint64

// mostEnds is how many of them are kept at least, and half as many as are kept at most.
const mostEnds = 1 << 13

func (l ends) add(seq uint64) ends {
	if len(l) >= 2*mostEnds {
		l = slices.Clone(l[mostEnds:])
	}
	return append(l, seq)
}

// pinned returns the scope as of the newest position where it says none, or one that is not applied yet; and whether the position is the end of an Apply.
func (e *Engine) pinned(ctx context.Context, s tallystick.Scope) (*scope, bool, error) {
	sc, err := e.scope(s)
	if sc == nil {
		return nil, false, err
	}
	e.mu.RLock()
	newest, list := e.applied[sc.log], e.ends[sc.log]
	e.mu.RUnlock()
	if sc.AsOf.Sequence == newest {
		return sc, true, nil
	}
	if len(list) > 0 && sc.AsOf.Sequence >= list[0] {
		_, is := slices.BinarySearch(list, sc.AsOf.Sequence)
		return sc, is, nil
	}
	is := false
	st := &statement{}
	st.add("SELECT COUNT(*) > 0 FROM "+stored(progressTable), "WHERE log = "+st.bind(int64(sc.log))+" AND seq = "+sc.asOf(st))
	err = st.run(ctx, e, func(scan func(...any) error) error { return scan(&is) })
	sc.asOfParameter = "" // was of that statement
	return sc, is, err
}
