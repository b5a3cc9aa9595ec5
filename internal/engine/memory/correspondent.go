package memory

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// Correspondents implements [tallystick.Answerer].
func (e *Engine) Correspondents(_ context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	met := map[tallystick.Correspondent]bool{}
	for _, r := range events {
		room := r.Event.Text(tallystick.FieldRoomID)
		if r.Event.Type != tallystick.MessageSent || room == "" || !slices.Contains(q.Rooms, room) {
			continue
		}
		c := tallystick.Correspondent{Room: room, Channel: r.Event.Text(tallystick.FieldChannelID), Identity: r.Event.Text(tallystick.FieldIdentity)}
		wrote := ""
		if r.Event.Text(tallystick.FieldSenderKind) == "contact" {
			wrote = r.Event.Text(tallystick.FieldSenderID)
			c.Contact, c.Wrote = wrote, true
			met[c] = true
		}
		if c.Contact, c.Wrote = r.Event.Text(tallystick.FieldContactID), false; c.Contact != "" && c.Contact != wrote {
			met[c] = true
		}
	}
	var answer []tallystick.Correspondent
	for c := range met {
		answer = append(answer, c)
	}
	return answer, nil
}
