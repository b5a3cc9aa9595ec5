package main

// The tables of service-usage. What is distinct is found once, by day or month and channel, before it is counted in several ways.

// uniqueContacts follows the chains of merges: to who was not merged or, where a chain runs in a circle, to the first of the circle.
const uniqueContacts = `
WITH RECURSIVE channels AS (
  SELECT tenant, channel_id, ARG_MAX(platform, time) AS platform
  FROM channel_upserted
  WHERE {tenant} AND time < {after}
  GROUP BY ALL
  HAVING COALESCE(ARG_MAX(environment, time), 'production') = 'production'
), merged AS MATERIALIZED (
  SELECT tenant, contact_id AS contact, ARG_MAX(merged_into, time) AS target FROM contact_upserted WHERE {tenant} AND time < {after} AND merged_into IS NOT NULL GROUP BY ALL
), reached(tenant, contact, target) AS (
  SELECT tenant, contact, target FROM merged
  UNION
  SELECT r.tenant, r.contact, m.target FROM reached AS r JOIN merged AS m ON m.tenant = r.tenant AND m.contact = r.target
), ends AS (
  SELECT r.tenant, r.contact, COALESCE(MIN(r.target) FILTER (m.contact IS NULL), MIN(r.target) FILTER (circle.contact IS NOT NULL)) AS target
  FROM reached AS r
  LEFT JOIN merged AS m ON m.tenant = r.tenant AND m.contact = r.target
  LEFT JOIN (SELECT tenant, contact FROM reached WHERE contact = target) AS circle ON circle.tenant = r.tenant AND circle.contact = r.target
  GROUP BY ALL
), spoke AS (
  SELECT DISTINCT tenant, date_trunc('month', make_timestamp(time)) AS month, channel_id, COALESCE(contact_id, sender_id) AS contact
  FROM message_sent
  WHERE ` + countableMonths + ` AND direction <> 'internal'
)
SELECT tenant, month, platform, COUNT(DISTINCT COALESCE(target, contact))
FROM spoke JOIN channels USING (tenant, channel_id) LEFT JOIN ends USING (tenant, contact)
GROUP BY GROUPING SETS ((tenant, month, platform), (tenant, month))`

// resolvedConversations looks up the first message only of conversations of which nothing was said before the end of the period about how they were created, though they
// were answered and resolved: such times are too early.
const resolvedConversations = `
WITH ` + production + `, resolved AS MATERIALIZED (
  SELECT tenant, conversation_id, time FROM conversation_resolved WHERE {tenant} AND time >= {from} AND time < {before}
), answers AS (
  SELECT tenant, conversation_id, MIN(time) AS answer
  FROM message_sent SEMI JOIN resolved USING (tenant, conversation_id)
  WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before} AND direction = 'outbound' AND sender_kind IN ('user', 'bot', 'api') AND ` + delivered + `
  GROUP BY ALL
), created AS (
  SELECT tenant, conversation_id, channel_id, started_by FROM conversation_created WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before}
), answered AS MATERIALIZED (
  SELECT tenant, conversation_id, time, channel_id, started_by
  FROM resolved JOIN answers USING (tenant, conversation_id) LEFT JOIN created USING (tenant, conversation_id)
  WHERE answer <= time
), begun AS (
  SELECT tenant, conversation_id, ARG_MIN(direction, time) FILTER (direction <> 'internal') AS direction, ARG_MIN(channel_id, time) AS channel_id
  FROM message_sent SEMI JOIN (SELECT tenant, conversation_id FROM answered WHERE started_by IS NULL) USING (tenant, conversation_id)
  WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before}
  GROUP BY ALL
), counted AS (
  SELECT DISTINCT tenant, conversation_id, make_date((time // 86400000000)::INTEGER) AS day, channel_id FROM answered WHERE started_by = 'inbound'
  UNION ALL
  SELECT DISTINCT a.tenant, a.conversation_id, make_date((a.time // 86400000000)::INTEGER), b.channel_id
  FROM answered AS a JOIN begun AS b ON b.tenant = a.tenant AND b.conversation_id = a.conversation_id
  WHERE direction = 'inbound'
)
SELECT tenant, day, platform, COUNT(DISTINCT conversation_id)
FROM counted JOIN channels USING (tenant, channel_id)
GROUP BY GROUPING SETS ((tenant, day, platform), (tenant, day), (tenant, platform), (tenant))`

const activeAgents = `
WITH ` + production + `, spoke AS (
  SELECT DISTINCT tenant, make_date((time // 86400000000)::INTEGER) AS day, channel_id, sender_id
  FROM message_sent
  WHERE ` + countable + ` AND direction = 'outbound' AND sender_kind = 'user'
)
SELECT tenant, day, COUNT(DISTINCT sender_id)
FROM spoke SEMI JOIN channels USING (tenant, channel_id)
GROUP BY GROUPING SETS ((tenant, day), (tenant))`

const proactiveMessages = `
WITH ` + production + `, counted AS (
  SELECT tenant, make_date((time // 86400000000)::INTEGER) AS day, channel_id, COUNT(*) AS messages
  FROM message_sent
  WHERE ` + countable + ` AND direction = 'outbound' AND proactive
  GROUP BY ALL
)
SELECT tenant, day, platform, SUM(messages)::BIGINT
FROM counted JOIN channels USING (tenant, channel_id)
GROUP BY GROUPING SETS ((tenant, day, platform), (tenant, day), (tenant, platform), (tenant))`

// connectedChannels takes a channel for connected before its first change if that disconnects it, and all the time where there is none.
const connectedChannels = `
WITH ` + production + `, changes AS (
  SELECT tenant, channel_id, time, seq, TRUE AS is_on FROM channel_connected WHERE {tenant} AND time < {before}
  UNION ALL
  SELECT tenant, channel_id, time, seq, FALSE FROM channel_disconnected WHERE {tenant} AND time < {before}
), steps AS (
  SELECT *, LEAD(time, 1, {before}) OVER w AS until, ROW_NUMBER() OVER w AS number
  FROM changes
  WINDOW w AS (PARTITION BY tenant, channel_id ORDER BY time, seq)
), histories AS (
  SELECT tenant, channel_id, BOOL_OR(CASE WHEN is_on THEN until > GREATEST(time, {from}) ELSE number = 1 AND time > {from} END) AS connected FROM steps GROUP BY ALL
)
SELECT tenant, platform, COUNT(*)
FROM channels LEFT JOIN histories USING (tenant, channel_id)
WHERE COALESCE(connected, TRUE)
GROUP BY GROUPING SETS ((tenant, platform), (tenant))`
