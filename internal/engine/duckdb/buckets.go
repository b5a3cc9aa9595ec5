package duckdb

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// buckets joins to a row, with its instant in the column time, the number of its bucket, and returns the join and the expression of the number.
//
// Edges are hours, days or months of some zone, all but the first and the last, which may be any instants. So the inner ones lie on a grid of 15 minutes or more, and
// a row finds its bucket by the number of its slot in the grid, which is a join on equality: some times faster than one that has to sort the rows by time.
// Where the grid would have too many slots, that is the way.
func buckets(st *statement, edges []tallystick.Instant, time string) (join, bucket string) {
	if len(edges) <= 2 {
		return "", "0"
	}
	inner := edges[1 : len(edges)-1]
	var grid tallystick.Instant
	for i := 1; i < len(inner); i++ {
		grid = divisor(grid, inner[i]-inner[i-1])
	}
	if grid == 0 { // one inner edge: before it or after it
		return "", "CASE WHEN " + time + " < " + st.bind(inner[0]) + " THEN 0 ELSE " + strconv.Itoa(len(inner)) + " END"
	}
	last := inner[len(inner)-1]
	if slots := (last - inner[0]) / grid; slots < maxSlots {
		// Slot n begins at inner[0] + n × grid. What is before is slot -1, what is after the last edge is in the last slot.
		numbers := make([]int64, 0, slots+2)
		numbers = append(numbers, 0)
		bucket := int64(0)
		for at := inner[0]; at <= last; at += grid {
			for bucket < int64(len(inner)) && inner[bucket] <= at {
				bucket++
			}
			numbers = append(numbers, bucket)
		}
		begin := st.bind(inner[0])
		slot := "CASE WHEN " + time + " < " + begin + " THEN -1 ELSE (LEAST(" + time + ", " + st.bind(last) + ") - " + begin + ") // " + st.bind(grid) + " END"
		list := st.bind(numbers)
		join := "JOIN (SELECT UNNEST(" + list + ") AS number, GENERATE_SUBSCRIPTS(" + list + ", 1) - 2 AS slot) AS grid ON grid.slot = " + slot
		return join, "grid.number"
	}
	instants, numbers := dense(edges[:len(edges)-1], 0)
	instants[0] = int64(tallystick.MinInstant)
	join = "ASOF JOIN (SELECT UNNEST(" + st.bind(instants) + ") AS edge, UNNEST(" + st.bind(numbers) + ") AS number) AS edges ON " + time + " >= edges.edge"
	return join, "edges.number"
}

// maxSlots bounds the grid of buckets: 30 years of quarters of an hour.
const maxSlots = 1 << 20

func divisor(a, b tallystick.Instant) tallystick.Instant {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// dense returns ascending instants without repetition, and the number of each: its index, the last one where it is repeated, plus offset.
func dense(edges []tallystick.Instant, offset int) (instants, numbers []int64) {
	for i, edge := range edges {
		if n := len(instants); n > 0 && instants[n-1] == int64(edge) {
			numbers[n-1] = int64(i + offset)
			continue
		}
		instants, numbers = append(instants, int64(edge)), append(numbers, int64(i+offset))
	}
	return instants, numbers
}

// bucketsOf joins the bucket of a group that has instants of its own; group is the column it is in.
func bucketsOf(st *statement, edgesOf map[string][]tallystick.Instant, group, time string) (join, bucket string) {
	var groups []string
	var instants, numbers []int64
	for g, edges := range edgesOf {
		if !utf8.ValidString(g) {
			continue
		}
		i, n := dense(edges, 1)
		instants, numbers = append(instants, i...), append(numbers, n...)
		groups = append(groups, slices.Repeat([]string{g}, len(i))...)
	}
	if len(groups) == 0 {
		return "", "0"
	}
	join = "ASOF LEFT JOIN (SELECT UNNEST(" + st.bind(groups) + ") AS value, UNNEST(" + st.bind(instants) + ") AS edge, UNNEST(" + st.bind(numbers) + ") AS number) AS edges" +
		" ON edges.value = " + group + " AND " + time + " >= edges.edge"
	return join, "COALESCE(edges.number, 0)"
}
