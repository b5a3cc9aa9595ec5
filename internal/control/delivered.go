package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// A member may get a report of more than they could ask for: whoever may see it sends it to them. The link in their mail is theirs by signing in: it opens this one file, as
// long as the link of anybody else would be good, and they are still within the tenant that the report belongs to.

// delivered returns the delivery of a run to a member by a link that is good, and the run. The clock is that which has set the link's end. The error is of code NotFound where there is none.
func (c conn) delivered(ctx context.Context, s *Store, actor Actor, run, suffix string, kept tallystick.Instant) (d Delivery, r Run, err error) {
	none := noSuch("run", run)
	if actor.Kind != MemberActor {
		return d, r, none
	}
	now, err := c.clock(ctx, s)
	if err != nil {
		return d, r, err
	}
	found, err := all(ctx, c, `
		SELECT `+deliveryColumns+`
		FROM deliveries
		WHERE run = ? AND member = ? AND kind = 'report' AND link_expires > ? AND link_revoked = 0
		ORDER BY id
		LIMIT 1`+suffix, []any{run, actor.ID, now}, scanDelivery)
	if err != nil {
		return d, r, err
	}
	if len(found) == 0 {
		return d, r, none
	}
	if r, err = c.run(ctx, Reach{All: true}, run); err != nil {
		return d, r, err
	}
	within, err := c.reachOf(ctx, r.Tenant)
	if err != nil {
		return d, r, err
	}
	if !within.Holds(actor.Tenant) || !r.fileGood(now, kept) {
		return d, r, none
	}
	return found[0], r, nil
}

// toRecipient is what a recipient who may not see a run sees of it: what their mail has told them, and the file.
func (r *Run) toRecipient() Run {
	return Run{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Description: r.Description, Job: Job{Report: r.Job.Report, Format: r.Job.Format}, At: r.At, From: r.From, Before: r.Before, Late: r.Late,
		State: r.State, Percent: r.Percent, File: r.File, Tenants: []string{}, Created: r.Created, Started: r.Started, Finished: r.Finished,
	}
}

// RunDelivered returns a run that was sent to a member by a link, as far as a recipient sees it. The error is of code NotFound where there is no link that is good.
func (s *Store) RunDelivered(ctx context.Context, actor Actor, id string) (Run, error) {
	kept, err := s.retention(ctx)
	if err != nil {
		return Run{}, fmt.Errorf("read delivered run: %w", err)
	}
	_, r, err := s.single().delivered(ctx, s, actor, id, "", kept)
	return r.toRecipient(), err
}

// OpenDelivered returns the run whose file a member takes by the link that was sent to them, and notes the use. The error is as that of [Store.RunDelivered].
func (s *Store) OpenDelivered(ctx context.Context, actor Actor, id string) (r Run, err error) {
	if _, err := s.RunDelivered(ctx, actor, id); err != nil { // who guesses doesn't get to hold up changes
		return Run{}, err
	}
	kept, err := s.retention(ctx)
	if err != nil {
		return Run{}, fmt.Errorf("open delivered file: %w", err)
	}
	err = s.change(ctx, actor, "link.open", func(c *change) error {
		d, is, err := c.delivered(ctx, s, c.actor, id, c.dialect.locked(), kept)
		if err != nil {
			return err
		}
		r = is.toRecipient()
		return c.linkUsed(ctx, &d, &is)
	})
	return r, err
}
