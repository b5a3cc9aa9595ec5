package duckdb

import "slices"

// together are questions put into as few statements as will take them. S is a statement in the making.
type together[S any] struct {
	byForm     map[string][]*S
	statements []*S // in the order in which they were begun
}

// put lets the first statement of a form that will take a question have it, else one that begins with it.
func (t *together[S]) put(form string, begin func() *S, take func(*S) bool) {
	if slices.ContainsFunc(t.byForm[form], take) {
		return
	}
	if t.byForm == nil {
		t.byForm = map[string][]*S{}
	}
	s := begin()
	take(s)
	t.byForm[form], t.statements = append(t.byForm[form], s), append(t.statements, s)
}
