package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// in is the condition that a field has one of the values.
func in(f tallystick.Field, values ...string) tallystick.Condition {
	return tallystick.Condition{Field: f, Op: tallystick.In, Values: values}
}

// wanted is the conditions of the request's filter on a name, if there is one.
func (p *plan) wanted(filter string, f tallystick.Field) tallystick.Filter {
	if values := p.where[filter]; values != nil {
		return tallystick.Filter{in(f, values...)}
	}
	return nil
}

// wantedChannels is the conditions of the request's filters on channel and platform. Both leave out what has no channel.
func (p *plan) wantedChannels(channels map[string]channel) tallystick.Filter {
	filter := p.wanted("channel", tallystick.FieldChannelID)
	if platforms := p.where["platform"]; platforms != nil {
		filter = append(filter, in(tallystick.FieldChannelID, ids(channels, func(c channel) bool { return slices.Contains(platforms, c.platform) })...))
	}
	return filter
}

// ids returns the ids of the channels that are so, by code point.
func ids(channels map[string]channel, so func(channel) bool) []string {
	found := []string{}
	for id, c := range channels {
		if so(c) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// platforms labels channels with their platform; one without an upsert has none.
func platforms(channels map[string]channel) tallystick.Dimension {
	d := tallystick.Dimension{Field: tallystick.FieldChannelID, Labels: map[string]string{}, Unlabelled: tallystick.NoGroup}
	for id, c := range channels {
		d.Labels[id] = c.platform
	}
	return d
}

// channelNames labels channels with their name; one without an upsert has its id.
func channelNames(channels map[string]channel) tallystick.Dimension {
	d := tallystick.Dimension{Field: tallystick.FieldChannelID, Labels: map[string]string{}, Unlabelled: tallystick.KeepValue}
	for id, c := range channels {
		d.Labels[id] = c.name
	}
	return d
}
