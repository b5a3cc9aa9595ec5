package tallystick

// IngestCount says how many events of a source were answered in one way in a quarter of an hour.
type IngestCount struct {
	Tenant  string  // "" the provider: events whose tenant is not known
	Source  string  // "" where it could not be read
	Slot    Instant // time of receipt, floored to 15 minutes
	Outcome string  // "duplicate", "conflicting", "rejected"
	Reason  string  // of rejected ones: what rule they broke, without their value
	Count   int64
}
