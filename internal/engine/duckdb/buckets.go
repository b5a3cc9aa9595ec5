package duckdb

import (
	"slices"
	"strconv"
	"strings"
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

// bucketsOf joins the bucket of a group that has instants of its own; group is the column it is in. Where these are few a group's are joined to it, each in a column, and compared with the time: a join that finds
// the latest of them has to sort all rows.
func bucketsOf(st *statement, edgesOf map[string][]tallystick.Instant, group, time string) (join, bucket string) {
	var groups []string
	most := 0
	for g, edges := range edgesOf {
		if utf8.ValidString(g) {
			groups, most = append(groups, g), max(most, len(edges))
		}
	}
	switch {
	case most == 0:
		return "", "0"
	case most > fewEdges:
		return latestOf(st, groups, edgesOf, group, time)
	}
	selected := []string{"UNNEST(" + st.bind(groups) + ") AS value"}
	var passed []string
	for i := range most {
		edges := make([]int64, len(groups))
		for j, g := range groups {
			edges[j] = int64(tallystick.MaxInstant) // at which nothing is: it is after every scope's end, or that
			if i < len(edgesOf[g]) {
				edges[j] = int64(edgesOf[g][i])
			}
		}
		name := "edge" + strconv.Itoa(i)
		selected = append(selected, "UNNEST("+st.bind(edges)+") AS "+name)
		passed = append(passed, "COALESCE(("+time+" >= edges."+name+")::BIGINT, 0)")
	}
	return "LEFT JOIN (SELECT " + strings.Join(selected, ", ") + ") AS edges ON edges.value = " + group, "(" + strings.Join(passed, " + ") + ")"
}

// fewEdges is the number of instants of a group up to which each has a column.
const fewEdges = 16

// latestOf joins the latest instant of a group that is not after the time.
func latestOf(st *statement, groups []string, edgesOf map[string][]tallystick.Instant, group, time string) (join, bucket string) {
	var values []string
	var instants, numbers []int64
	for _, g := range groups {
		i, n := dense(edgesOf[g], 1)
		instants, numbers = append(instants, i...), append(numbers, n...)
		values = append(values, slices.Repeat([]string{g}, len(i))...)
	}
	join = "ASOF LEFT JOIN (SELECT UNNEST(" + st.bind(values) + ") AS value, UNNEST(" + st.bind(instants) + ") AS edge, UNNEST(" + st.bind(numbers) + ") AS number) AS edges" +
		" ON edges.value = " + group + " AND " + time + " >= edges.edge"
	return join, "COALESCE(edges.number, 0)"
}
