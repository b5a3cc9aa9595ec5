package runner

import "context"

// Tidy tidies once, now.
func (r *Runner) Tidy(ctx context.Context) { r.tidy(ctx) }
