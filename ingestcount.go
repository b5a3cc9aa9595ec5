package tallystick

// IngestCount says how many events of a source were answered in one way in a quarter of an hour. Those that were accepted are counted by the event store: see [Arrivals].
type IngestCount struct {
	Tenant  string  // "" the provider: events whose tenant is not known
	Source  string  // "" where it could not be read
	Slot    Instant // time of receipt: see [SlotOf]
	Outcome string  // one of those below
	Reason  string  // of rejected ones: what rule they broke, without their value
	Count   int64
}

// Outcomes of an [IngestCount], which exclude each other.
const (
	OutcomeDuplicate   = "duplicate"   // accepted before, and says the same
	OutcomeConflicting = "conflicting" // accepted before, and says something else
	OutcomeRejected    = "rejected"
)
