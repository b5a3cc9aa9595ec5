package main

import "strings"

// heard begins a statement with the interactions of contacts with bots, and when the sessions of each contact began that did so in the period.
//
// It looks back a week: that is exact unless a contact was never silent for a day in the whole week before the period, which none of package sample's is.
//
// The times of each contact are sorted and folded. A recursive query that looks for the next session of every contact, and window functions that cut where one was silent
// for a day, take several times as long over a year.
const heard = `
WITH heard AS NOT MATERIALIZED (
  SELECT tenant, COALESCE(contact_id, sender_id) AS contact, time, bot_id, bot_version, channel_id, conversation_id
  FROM message_sent
  WHERE {tenant} AND time >= {from} - 7 * 86400000000 AND time < {before} AND bot_id IS NOT NULL AND direction <> 'internal' AND COALESCE(content_kind, 'text') IN ('text', 'file')
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {before})
), begun AS (
  SELECT tenant, contact, list_filter(list_reduce(list_transform(list_sort(list(time)), lambda t: [t]), lambda starts, t: CASE WHEN t[1] >= starts[-1] + 86400000000 THEN list_concat(starts, t) ELSE starts END),
    lambda start: start >= {from}) AS starts
  FROM heard
  GROUP BY ALL
)`

// sessions begins a statement with a row for each session.
const sessions = heard + `, sessions AS (
  SELECT tenant, contact, UNNEST(starts) AS start FROM begun
)
`

// within is the condition that a session has something of a part, in which interactions of one day are put together: the first and the last of them are in one session or
// in two that follow each other.
const within = `first < start + 86400000000 AND last >= start`

// sessionsWith counts the sessions by something of their interactions.
func sessionsWith(columns string) string {
	return strings.ReplaceAll(`SELECT tenant, COLUMNS, COUNT(*)
FROM (
  SELECT DISTINCT tenant, contact, start, COLUMNS
  FROM sessions JOIN (SELECT tenant, contact, COLUMNS, MIN(time) AS first, MAX(time) AS last FROM heard GROUP BY tenant, contact, COLUMNS, time // 86400000000) USING (tenant, contact)
  WHERE `+within+`
)
GROUP BY ALL`, "COLUMNS", columns)
}

// tickets are those of conversations.
const tickets = `tickets AS (
  SELECT tenant, conversation_id, ticket_id FROM conversation_created WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before} AND ticket_id IS NOT NULL
)`

// sessionSummary counts a conversation if something of it was said in or after the first of its contact's sessions.
const sessionSummary = heard + `, counted AS (
  SELECT tenant, conversation_id
  FROM (SELECT tenant, contact, conversation_id, MAX(time) AS last FROM heard GROUP BY ALL) JOIN (SELECT tenant, contact, starts[1] AS first FROM begun) USING (tenant, contact)
  WHERE last >= first
), ` + tickets + `
SELECT *
FROM (SELECT tenant, SUM(len(starts))::BIGINT FROM begun GROUP BY ALL)
LEFT JOIN (SELECT tenant, COUNT(DISTINCT ticket_id), COUNT(DISTINCT conversation_id) FROM counted LEFT JOIN tickets USING (tenant, conversation_id) GROUP BY ALL) USING (tenant)`

const ticketTrend = sessions + `, ` + tickets + `, parts AS (
  SELECT tenant, contact, ticket_id, MIN(time) AS first, MAX(time) AS last FROM heard JOIN tickets USING (tenant, conversation_id) GROUP BY tenant, contact, ticket_id, time // 86400000000
)
SELECT tenant, make_date((start // 86400000000)::INTEGER) AS day, COUNT(DISTINCT ticket_id)
FROM sessions JOIN parts USING (tenant, contact)
WHERE ` + within + `
GROUP BY ALL`

// sessionDetail gives bot, version and channel of a conversation's first interaction in the session, exactly where they don't change within a day in which two sessions
// follow each other. The first message is looked up only of conversations of which nothing was said about how they were created.
const sessionDetail = sessions + `, parts AS (
  SELECT tenant, contact, conversation_id, MIN(time) AS first, MAX(time) AS last, ARG_MIN({b: bot_id, v: bot_version, c: channel_id}, time) AS bot
  FROM heard
  GROUP BY tenant, contact, conversation_id, time // 86400000000
), shown AS MATERIALIZED (
  SELECT tenant, contact, start, conversation_id, ARG_MIN(bot, first) AS bot
  FROM sessions JOIN parts USING (tenant, contact)
  WHERE ` + within + `
  GROUP BY ALL
  {first}
), created AS MATERIALIZED (
  SELECT tenant, conversation_id, time AS created, ticket_id
  FROM conversation_created SEMI JOIN shown USING (tenant, conversation_id)
  WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before}
), begun_by_message AS (
  SELECT tenant, conversation_id, MIN(time) AS created
  FROM message_sent SEMI JOIN (SELECT tenant, conversation_id FROM shown ANTI JOIN created USING (tenant, conversation_id)) USING (tenant, conversation_id)
  WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before}
  GROUP BY ALL
), updated AS (
  SELECT tenant, conversation_id, MAX(time) AS updated
  FROM (
    SELECT tenant, conversation_id, time FROM message_sent WHERE {tenant} AND time >= {from} AND time < {before}
    UNION ALL
    SELECT tenant, conversation_id, time FROM conversation_created WHERE {tenant} AND time >= {from} AND time < {before}
    UNION ALL
    SELECT tenant, conversation_id, time FROM conversation_updated WHERE {tenant} AND time >= {from} AND time < {before}
    UNION ALL
    SELECT tenant, conversation_id, time FROM conversation_resolved WHERE {tenant} AND time >= {from} AND time < {before}
  ) SEMI JOIN shown USING (tenant, conversation_id)
  GROUP BY ALL
)
SELECT tenant, contact, start, conversation_id, COALESCE(c.created, m.created), updated, bot.b, bot.v, bot.c, ticket_id
FROM shown
LEFT JOIN created AS c USING (tenant, conversation_id)
LEFT JOIN begun_by_message AS m USING (tenant, conversation_id)
LEFT JOIN updated USING (tenant, conversation_id)`
