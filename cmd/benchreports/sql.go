package main

// rawSQL is the best SQL over the raw events that we can write for a table, by report and table. It gives the numbers that the table gives, totals too; sql_test.go compares them.
//
// So that it is rather too fast than too slow it gives no names, no rows without a number and no order. And it leaves out rules that the events of package sample never meet. Among those there are:
//   - no native channels, no identities of messages, no users that are not provisioned, no members who left a room without having been added;
//   - no given sessions of bots, no tickets of messages, no messages or sessions that lack what all others have, such as a channel;
//   - no ids of messages that are no UUIDs, and no two states of one thing at the same microsecond.
//
// It looks back as far as those events need: the time of none is more than 30 days too early, and what belongs together lies within a day. Of sessions see [heard].
//
// {tenant} stands for the condition of the tenants, {from} and {before} for the period, {month} and {after} for that of its whole months, {first} for what ends a
// statement of which only the first rows are wanted.
var rawSQL = map[string]string{
	"room-usage rooms":     rooms,
	"billing-usage usage":  billing,
	"tenant-usage tenants": tenantUsage,

	"service-usage unique-contacts":        uniqueContacts,
	"service-usage resolved-conversations": resolvedConversations,
	"service-usage active-agents":          activeAgents,
	"service-usage channels":               connectedChannels,
	"service-usage proactive-messages":     proactiveMessages,

	"session-usage summary":      sessionSummary,
	"session-usage trend":        sessions + `SELECT tenant, make_date((start // 86400000000)::INTEGER) AS day, COUNT(*) FROM sessions GROUP BY ALL`,
	"session-usage by-month":     sessions + `SELECT tenant, date_trunc('month', make_timestamp(start)) AS month, COUNT(*) FROM sessions GROUP BY ALL`,
	"session-usage by-bot":       sessions + sessionsWith("bot_id"),
	"session-usage by-version":   sessions + sessionsWith("bot_id, bot_version"),
	"session-usage by-channel":   sessions + sessionsWith("channel_id"),
	"session-usage ticket-trend": ticketTrend,
	"session-usage detail":       sessionDetail,
}

// Conditions of message_sent: of countable messages in the period, and in that of whole months.
const (
	countable       = `{tenant} AND time >= {from} AND time < {before} AND ` + delivered
	countableMonths = `{tenant} AND time >= {month} AND time < {after} AND COALESCE(content_kind, 'text') IN ('text', 'file') AND NOT COALESCE(preview, FALSE)
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {after})`
	delivered = `COALESCE(content_kind, 'text') IN ('text', 'file') AND NOT COALESCE(preview, FALSE)
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {before})`
)

// production is what is known of the channels that are not for tests, as of the end of the period.
const production = `channels AS (
  SELECT tenant, channel_id, ARG_MAX(platform, time) AS platform
  FROM channel_upserted
  WHERE {tenant} AND time < {before}
  GROUP BY ALL
  HAVING COALESCE(ARG_MAX(environment, time), 'production') = 'production'
)`

// rooms counts what was sent in a room while a user was a member of it. Most are one all the time and receive all that the room's contacts sent: only what the others
// received is looked for message by message.
const rooms = `
WITH counted AS NOT MATERIALIZED (
  SELECT tenant, room_id, sender_kind, sender_id, time
  FROM message_sent
  WHERE ` + countable + ` AND room_id IS NOT NULL AND sender_kind IN ('user', 'contact') AND direction <> 'internal'
), sent AS (
  SELECT tenant, room_id, sender_id AS user_id, COUNT(*) AS sent FROM counted WHERE sender_kind = 'user' GROUP BY ALL
), changes AS (
  SELECT tenant, room_id, member_id, time, seq, TRUE AS is_in FROM room_member_added WHERE {tenant} AND time < {before} AND member_kind = 'user'
  UNION ALL
  SELECT tenant, room_id, member_id, time, seq, FALSE FROM room_member_removed WHERE {tenant} AND time < {before} AND member_kind = 'user'
), steps AS (
  SELECT *, LEAD(time, 1, {before}) OVER (PARTITION BY tenant, room_id, member_id ORDER BY time, seq) AS until FROM changes
), members AS MATERIALIZED (
  SELECT tenant, room_id, member_id AS user_id, GREATEST(time, {from}) AS since, until FROM steps WHERE is_in AND until > GREATEST(time, {from})
), received AS (
  SELECT tenant, room_id, user_id, SUM(received) AS received
  FROM (
    SELECT tenant, room_id, user_id, received
    FROM members JOIN (SELECT tenant, room_id, COUNT(*) AS received FROM counted WHERE sender_kind = 'contact' GROUP BY ALL) USING (tenant, room_id)
    WHERE since = {from} AND until = {before}
    UNION ALL
    SELECT tenant, room_id, user_id, COUNT(*)
    FROM (SELECT * FROM members WHERE since > {from} OR until < {before}) JOIN (SELECT tenant, room_id, time FROM counted WHERE sender_kind = 'contact') USING (tenant, room_id)
    WHERE time >= since AND time < until
    GROUP BY ALL
  )
  GROUP BY ALL
)
SELECT tenant, room_id, user_id, COALESCE(received, 0), COALESCE(sent, 0) FROM received FULL JOIN sent USING (tenant, room_id, user_id)`

// tenantUsage counts the credits since an entitlement began, which is before all events.
const tenantUsage = `
WITH users AS (
  SELECT tenant, COUNT(*) FILTER (status = 'ACTIVE') AS active, COUNT(*) FILTER (status = 'INACTIVE') AS inactive
  FROM (SELECT tenant, user_id, COALESCE(ARG_MAX(status, time), 'ACTIVE') AS status FROM user_upserted WHERE {tenant} AND time < {before} GROUP BY ALL)
  GROUP BY ALL
), entitlements AS (
  SELECT tenant, type, ARG_MAX(quantity, time) AS quantity, epoch_us(ARG_MAX(start_date, time)::DATE) AS start, ARG_MAX(COALESCE(end_date, '9999'), time) AS end_date
  FROM entitlement_set
  WHERE {tenant} AND time < {before}
  GROUP BY ALL
  HAVING start < {before} AND end_date >= strftime(make_timestamp({before} - 1), '%Y-%m-%d')
), credits AS (
  SELECT tenant, ANY_VALUE(allotted) AS allotted,
    SUM(quantity) FILTER (credit = 'SMS' AND time >= {from}) AS sms, SUM(quantity) FILTER (credit = 'VOICE' AND time >= {from}) AS voice, SUM(quantity) FILTER (time >= start) AS used
  FROM (SELECT tenant, time, credit, quantity FROM credit_consumed WHERE {tenant} AND time < {before})
  FULL JOIN (SELECT tenant, start, quantity AS allotted FROM entitlements WHERE type = 'SMS_VOICE') USING (tenant)
  GROUP BY ALL
)
SELECT tenant, active + inactive, active, inactive, entitled, entitled - active,
  COALESCE(sms, 0), COALESCE(voice, 0), COALESCE(sms, 0) + COALESCE(voice, 0), allotted, allotted - COALESCE(used, 0)
FROM users
LEFT JOIN (SELECT tenant, quantity AS entitled FROM entitlements WHERE type = 'USERS') USING (tenant)
LEFT JOIN credits USING (tenant)`
