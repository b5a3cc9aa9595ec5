package enginetest

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
)

// togetherIsOneByOne asks an engine that answers many tallies at once about all tenants: the same question, now and then with other values, labels or ends for one of them,
// by bucket, by group, by both and by neither, and with questions of other forms in between. It must answer what it answers one by one, which the random part holds to the oracle.
func togetherIsOneByOne(t *testing.T, open Open) {
	seeds, each := int64(3), 15
	if long() {
		seeds, each = 100, 100
	}
	for seed := range seeds {
		records := Records(Random(seed, 400), false, seed%2 == 1)
		engine := open(t)
		tallier, is := engine.(tallystick.Tallier)
		if !is {
			closeEngine(t, engine)
			t.Skip("the engine answers tallies one by one")
		}
		apply(t, engine, [][]tallystick.Record{records})
		tenants, err := engine.Tenants(context.Background(), tallystick.Position{}, tallystick.MaxInstant)
		if err != nil {
			t.Fatal(err)
		}
		a := newAsker(seed, records)
		for range each {
			var qs []tallystick.Tally
			for range 1 + a.IntN(2) {
				q := a.question("tally")
				q.AsOf = tallystick.Position{}
				for _, tenant := range append(slices.Clone(tenants), "nobody", tenants[0])[:2+a.IntN(len(tenants))] {
					qs = append(qs, a.shapes(a.varied(*q, tenant))...)
				}
			}
			checkTogether(t, seed, engine, tallier, qs)
		}
		if peaker, is := engine.(tallystick.Peaker); is {
			for range each {
				checkPeaksTogether(t, seed, engine, peaker, a.peaksTogether(tenants))
			}
		}
		if counter, is := engine.(tallystick.SessionCounter); is {
			for range each / 3 {
				checkCountsTogether(t, seed, engine, counter, a.countsTogether(tenants))
			}
		}
		closeEngine(t, engine)
	}
}

// countsTogether asks one or two questions about the sessions of some tenants, which may differ in their labels.
func (a *asker) countsTogether(tenants []string) []tallystick.SessionCounts {
	var qs []tallystick.SessionCounts
	for range 1 + a.IntN(2) {
		q := a.question("sessioncounts")
		q.AsOf = tallystick.Position{}
		for _, tenant := range append(slices.Clone(tenants), "nobody", tenants[0])[:2+a.IntN(len(tenants))] {
			own := *q
			own.Tenant, own.By = tenant, slices.Clone(q.By)
			for i := range own.By {
				if own.By[i].Labels != nil && a.chance(50) {
					own.By[i].Labels = map[string]string{a.value(tallystick.MessageSent, own.By[i].Field): pick(a.generator, []string{"x", "y", ""})}
				}
			}
			qs = append(qs, own.sessionCounts())
		}
	}
	a.Shuffle(len(qs), func(i, j int) { qs[i], qs[j] = qs[j], qs[i] })
	return qs
}

func checkCountsTogether(t *testing.T, seed int64, engine tallystick.Engine, counter tallystick.SessionCounter, qs []tallystick.SessionCounts) {
	t.Helper()
	ctx := context.Background()
	got, err := counter.AllSessionCounts(ctx, qs)
	if err != nil {
		t.Fatalf("seed %d: %v: %+v", seed, err, qs)
	}
	for i := range qs {
		want, err := engine.SessionCounts(ctx, qs[i])
		if err != nil {
			t.Fatal(err)
		}
		if len(got[i]) != len(want) {
			t.Fatalf("seed %d: %+v\n%d lists together, %d alone", seed, qs[i], len(got[i]), len(want))
		}
		for j := range want {
			if len(got[i][j])+len(want[j]) > 0 && !reflect.DeepEqual(got[i][j], want[j]) {
				t.Fatalf("seed %d: %+v\ntogether\n%+v\nalone\n%+v", seed, qs[i], got[i], want)
			}
		}
	}
}

// varied returns a question for a tenant that may differ in what an engine may answer together, and sometimes in more.
func (a *asker) varied(q Question, tenant string) tallystick.Tally {
	q.Tenant = tenant
	if a.chance(50) {
		q.Where = slices.Clone(q.Where)
		for i := range q.Where {
			if len(q.Where[i].Values) > 0 && a.chance(60) {
				q.Where[i].Values = a.values(q.Types[0], q.Where[i].Field)
			}
		}
	}
	relabelled := func(d tallystick.Dimension) tallystick.Dimension {
		if d.Labels != nil && a.chance(70) {
			labels := map[string]string{}
			for range a.IntN(4) {
				labels[a.value(q.Types[0], d.Field)] = pick(a.generator, []string{"x", "y", ""})
			}
			d.Labels = labels
		}
		return d
	}
	q.By = slices.Clone(q.By)
	for i := range q.By {
		q.By[i] = relabelled(q.By[i])
	}
	if q.Distinct != nil {
		d := relabelled(*q.Distinct)
		q.Distinct = &d
	}
	if a.chance(5) && len(q.Edges) == 0 {
		q.Before = a.instant(&q)
	}
	return q.tally()
}

// shapes returns a question and, mostly, the same without its groups, without its edges, or without both, in any order.
func (a *asker) shapes(q tallystick.Tally) []tallystick.Tally {
	list := []tallystick.Tally{q}
	for range 3 {
		o := q
		if a.chance(50) {
			o.By, o.EdgesOf = nil, nil
		}
		if a.chance(50) {
			o.Edges = nil
		}
		if a.chance(70) {
			list = append(list, o)
		}
	}
	a.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// peaksTogether asks one or two questions about some tenants, with their groups, without, or both.
func (a *asker) peaksTogether(tenants []string) []tallystick.Peak {
	var qs []tallystick.Peak
	for range 1 + a.IntN(2) {
		q := a.question("peak")
		q.AsOf = tallystick.Position{}
		for _, tenant := range append(slices.Clone(tenants), "nobody", tenants[0])[:2+a.IntN(len(tenants))] {
			q.Tenant = tenant
			p := q.peak()
			if a.chance(70) {
				qs = append(qs, p)
			}
			if p.By = nil; a.chance(60) {
				qs = append(qs, p)
			}
		}
	}
	a.Shuffle(len(qs), func(i, j int) { qs[i], qs[j] = qs[j], qs[i] })
	return qs
}

func checkPeaksTogether(t *testing.T, seed int64, engine tallystick.Engine, peaker tallystick.Peaker, qs []tallystick.Peak) {
	t.Helper()
	ctx := context.Background()
	got, err := peaker.Peaks(ctx, qs)
	if err != nil {
		t.Fatalf("seed %d: %v: %+v", seed, err, qs)
	}
	for i := range qs {
		want, err := engine.Peak(ctx, qs[i])
		if err != nil {
			t.Fatal(err)
		}
		if got[i].Cut != want.Cut || !reflect.DeepEqual(got[i].Sums, want.Sums) || len(got[i].Counts)+len(want.Counts) > 0 && !reflect.DeepEqual(got[i].Counts, want.Counts) {
			t.Fatalf("seed %d: %+v\ntogether\n%+v\nalone\n%+v", seed, qs[i], got[i], want)
		}
	}
}

func checkTogether(t *testing.T, seed int64, engine tallystick.Engine, tallier tallystick.Tallier, qs []tallystick.Tally) {
	t.Helper()
	ctx := context.Background()
	var failed error
	want := make([][]tallystick.Count, len(qs))
	for i := range qs {
		var err error
		if want[i], err = engine.Tally(ctx, qs[i]); err != nil {
			failed = err
		}
	}
	got, err := tallier.Tallies(ctx, qs)
	if (err != nil) != (failed != nil) {
		t.Fatalf("seed %d: together %v, one by one %v: %+v", seed, err, failed, qs)
	}
	for i := range got {
		if len(got[i])+len(want[i]) > 0 && !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("seed %d: %+v\ntogether\n%+v\nalone\n%+v", seed, qs[i], got[i], want[i])
		}
	}
}
