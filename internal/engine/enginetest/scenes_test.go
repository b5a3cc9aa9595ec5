package enginetest

import (
	"testing"

	"github.com/tallystick/tallystick"
)

// What reports tell apart must occur in streams, and often enough that a few seeds have it.
func TestStreamsPlayWhatReportsTellApart(t *testing.T) {
	const streams = 40
	seen := map[string]int{} // number of streams with it
	for seed := range int64(streams) {
		in := map[string]bool{}
		byTenant := map[string][]*tallystick.Event{}
		events := Random(seed, 400)
		for i := range events {
			byTenant[events[i].Tenant] = append(byTenant[events[i].Tenant], &events[i])
		}
		for _, list := range byTenant {
			observe(list, func(what string) { in[what] = true })
		}
		for what := range in {
			seen[what]++
		}
	}
	for _, what := range []string{
		"services never set", "services set", "services without dnis", "time zone", "tenant without upsert",
		"agent session without application", "session of another application", "an application that differs by case",
		"call with a fraction", "call of call_now", "campaign on sms", "campaign not on sms", "preview run",
		"relinked", "unlinked first", "contact member with channel and identity", "member twice", "removed first", "user sends without membership",
		"unprovisioned user", "deleted user", "message on a native channel", "message on a test channel", "contact_id other than the sender",
		"cycle of merges", "conversation not created", "conversation created with a ticket", "started_by given", "answered and resolved at once", "failed answer",
		"resolved twice", "proactive", "a day apart", "a day and a µs apart", "given session without interactions", "session of agent with messages",
		"touching spans", "single instant", "span without end", "end without start", "two entitlements of a type", "entitlement with end date",
		"failed before sent", "failed later", "equal instants", "connected twice", "disconnected first", "channel without upsert", "emptied name", "time missing",
	} {
		t.Logf("%2d of %d streams: %s", seen[what], streams, what)
		if seen[what] < streams/8 {
			t.Errorf("%s: in %d of %d streams", what, seen[what], streams)
		}
	}
}

// observe names what it finds in the events of one tenant.
func observe(list []*tallystick.Event, found func(string)) {
	is := func(e *tallystick.Event, f tallystick.Field, value string) bool { return e.Text(f) == value }
	when := func(condition bool, what string) {
		if condition {
			found(what)
		}
	}
	count := map[string]int{}
	at := map[string]tallystick.Instant{} // of keyed events
	instants := map[tallystick.Instant]bool{}
	platformOf, governanceOf, environmentOf := map[string]string{}, map[string]string{}, map[string]string{}
	mergedInto := map[string]string{}
	upserts, services := 0, false
	for _, e := range list {
		if e.Type == ownType {
			continue
		}
		if f := tallystick.TypeNamed(e.Type).Rules[0].Field; e.Type != tallystick.TenantUpserted {
			at[e.Type+" "+e.Text(f)] = e.Time
		}
		switch e.Type {
		case tallystick.TenantUpserted:
			upserts++
			services = services || e.Has(tallystick.FieldServices)
			when(is(e, tallystick.FieldServices, "[]") || is(e, tallystick.FieldServices, `["sms"]`), "services without dnis")
			when(e.Has(tallystick.FieldTimeZone), "time zone")
		case tallystick.ChannelUpserted:
			k := e.Text(fChannel)
			platformOf[k], governanceOf[k], environmentOf[k] = e.Text(fPlatform), e.Text(tallystick.FieldGovernance), e.Text(tallystick.FieldEnvironment)
		case tallystick.ContactUpserted:
			if e.Has(fMerged) {
				mergedInto[e.Text(fContact)] = e.Text(fMerged)
			}
		}
	}
	when(upserts == 0, "tenant without upsert")
	when(services, "services set")
	when(!services, "services never set")
	for c := range mergedInto {
		steps := 0
		for d := c; mergedInto[d] != "" && steps < 9; steps++ {
			d = mergedInto[d]
		}
		when(steps == 9, "cycle of merges")
	}
	for _, e := range list {
		when(instants[e.Time], "equal instants")
		instants[e.Time] = true
		when(e.TimeMissing, "time missing")
		when(e.Has(tallystick.FieldName) && is(e, tallystick.FieldName, ""), "emptied name")
		key := func(fields ...tallystick.Field) string {
			k := e.Type
			for _, f := range fields {
				k += " " + e.Text(f)
			}
			return k
		}
		again := func(key string) bool { count[key]++; return count[key] > 1 }
		switch e.Type {
		case tallystick.SessionStarted:
			s := e.Text(fSession)
			end, ended := at[tallystick.SessionEnded+" "+s]
			when(is(e, fKind, "agent") && !e.Has(fApplication), "agent session without application")
			when(is(e, fApplication, "Own App"), "session of another application")
			when(is(e, fApplication, "own app"), "an application that differs by case")
			when(!ended, "span without end")
			when(ended && end <= e.Time, "single instant")
			for _, other := range list {
				when(other.Type == e.Type && ended && other.Time == end && other != e, "touching spans")
				when(other.Type == tallystick.MessageSent && is(other, fSession, s) && is(e, fKind, "agent"), "session of agent with messages")
			}
			interactions := false
			for _, other := range list {
				interactions = interactions || other.Type == tallystick.MessageSent && is(other, fSession, s) && other.Has(fBot)
			}
			when(is(e, fKind, "bot") && !interactions, "given session without interactions")
		case tallystick.SessionEnded:
			_, started := at[tallystick.SessionStarted+" "+e.Text(fSession)]
			when(!started, "end without start")
		case tallystick.FlowStarted:
			when(is(e, fPreview, "true"), "preview run")
		case tallystick.CallEnded:
			when(e.Int(tallystick.FieldDurationSeconds)%int64(tallystick.Second) != 0, "call with a fraction")
			when(is(e, tallystick.FieldService, "call_now"), "call of call_now")
		case tallystick.EntitlementSet:
			when(again(key(tallystick.FieldType)), "two entitlements of a type")
			when(e.Has(tallystick.FieldEndDate), "entitlement with end date")
		case tallystick.IdentityLinked:
			for _, other := range list {
				when(other.Type == tallystick.IdentityUnlinked && is(other, fIdentity, e.Text(fIdentity)) && other.Text(fContact) != e.Text(fContact) && other.Time < e.Time,
					"relinked")
			}
		case tallystick.IdentityUnlinked:
			first := true
			for _, other := range list {
				first = first && !(is(other, fIdentity, e.Text(fIdentity)) && is(other, fContact, e.Text(fContact)) && other.Time < e.Time)
			}
			when(first, "unlinked first")
		case tallystick.RoomMemberAdded:
			when(is(e, fMemberKind, "contact") && e.Has(fChannel) && e.Has(fIdentity), "contact member with channel and identity")
			when(again(key(fRoom, fMemberKind, fMember)), "member twice")
		case tallystick.RoomMemberRemoved:
			_, added := at[tallystick.RoomMemberAdded+" "+e.Text(fRoom)]
			when(!added || at[tallystick.RoomMemberAdded+" "+e.Text(fRoom)] > e.Time, "removed first")
		case tallystick.UserUpserted:
			when(is(e, tallystick.FieldProvisioned, "false"), "unprovisioned user")
			when(is(e, tallystick.FieldStatus, "DELETED"), "deleted user")
		case tallystick.ChannelConnected:
			when(again(key(fChannel)), "connected twice")
		case tallystick.ChannelDisconnected:
			connected, ok := at[tallystick.ChannelConnected+" "+e.Text(fChannel)]
			when(!ok || connected > e.Time, "disconnected first")
		case tallystick.ConversationCreated:
			when(e.Has(tallystick.FieldTicketID), "conversation created with a ticket")
			when(e.Has(tallystick.FieldStartedBy), "started_by given")
		case tallystick.ConversationSolved:
			_, created := at[tallystick.ConversationCreated+" "+e.Text(fConversation)]
			when(!created, "conversation not created")
			when(again(key(fConversation)), "resolved twice")
		case tallystick.MessageSent:
			k, v := e.Text(fChannel), e.Text(fConversation)
			_, known := platformOf[k]
			failure, failed := at[tallystick.MessageFailed+" "+e.Text(fMessage)]
			when(k != "" && !known, "channel without upsert")
			when(governanceOf[k] == "native", "message on a native channel")
			when(environmentOf[k] == "test", "message on a test channel")
			when(is(e, tallystick.FieldCampaignLink, "true") && platformOf[k] == "sms", "campaign on sms")
			when(is(e, tallystick.FieldCampaignLink, "true") && platformOf[k] != "sms", "campaign not on sms")
			when(is(e, tallystick.FieldProactive, "true"), "proactive")
			when(is(e, fSenderKind, "contact") && e.Text(fContact) != e.Text(fSender), "contact_id other than the sender")
			when(failed && failure < e.Time, "failed before sent")
			when(failed && failure > e.Time, "failed later")
			when(failed && v != "" && is(e, fDirection, "outbound"), "failed answer")
			when(v != "" && is(e, fDirection, "outbound") && at[tallystick.ConversationSolved+" "+v] == e.Time, "answered and resolved at once")
			if is(e, fSenderKind, "user") && e.Has(fRoom) {
				member := false
				for _, other := range list {
					member = member || is(other, fMember, e.Text(fSender)) && is(other, fRoom, e.Text(fRoom)) && is(other, fMemberKind, "user")
				}
				when(!member, "user sends without membership")
			}
			if e.Has(fBot) {
				for _, other := range list {
					if other.Type == e.Type && other.Has(fBot) && e.Text(fContact) != "" && other.Text(fContact) == e.Text(fContact) {
						when(other.Time-e.Time == tallystick.Day, "a day apart")
						when(other.Time-e.Time == tallystick.Day+1, "a day and a µs apart")
					}
				}
			}
		}
	}
}
