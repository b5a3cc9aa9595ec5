package report

import (
	"github.com/tallystick/tallystick"
)

// bill explains a cell of billing-usage.
func (t *target) bill() error {
	if t.column != "Value" {
		return t.label()
	}
	section, item, measure := t.cells[0].Text, t.cells[1].Text, t.cells[2].Text
	// The last lines of a section are those of everything, whatever an application is called.
	last := func(more int) bool { return len(t.below) <= more || t.below[more][0].Text != section }
	switch section {
	case "Interaction Flows":
		return t.counted(tallystick.FlowStarted, groupUnless(last(0), item), nil)
	case "Concurrent Agent Sessions":
		return t.concurrent(tallystick.SessionSpan, groupUnless(last(0) || measure == "Maximum" && last(1), item), measure)
	case "Concurrent Interaction Flows":
		return t.concurrent(tallystick.FlowSpan, []string{item}, measure)
	case "Assistance Services":
		service := map[string]string{"Call Now": "call_now", "Callback": "callback", "Chat": "chat", "Email": "email"}[item]
		return t.counted(tallystick.AssistanceClicked, []string{service}, nil)
	case "Outgoing SMS":
		return t.counted(tallystick.MessageSent, nil, tallystick.Filter{in(tallystick.FieldCampaignLink, "true")})
	}
	if measure == "Purchased" {
		return t.counted(tallystick.NumberPurchased, nil, nil)
	}
	return t.counted(tallystick.CallEnded, nil, nil)
}

// groupUnless returns the group of one dimension, or none.
func groupUnless(all bool, name string) []string {
	if all {
		return nil
	}
	return []string{name}
}

// counted explains the number that answers the tally of a type over the period.
func (t *target) counted(typ string, group []string, nearby tallystick.Filter) error {
	q, err := t.askedTally(func(q *tallystick.Tally) bool { return q.Type == typ && q.From == t.from })
	if err != nil {
		return err
	}
	t.sense = Events
	if q.Measure.Sum != tallystick.NoField {
		t.sense = Sum
	}
	return t.tallied(q, group, t.from, t.scope.Before, nearby)
}
