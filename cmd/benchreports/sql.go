package main

// rawSQL is the best SQL over the raw events that we can write for a table, by report and table. It says no more than the numbers need: without names, the order of rows,
// memberships or totals where those would cost extra, so that it is rather too fast than too slow.
var rawSQL = map[string]string{
	"room-usage rooms": countable + `
, received AS (SELECT tenant, room_id, COUNT(*) AS received FROM counted WHERE sender_kind = 'contact' GROUP BY ALL)
, sent AS (SELECT tenant, room_id, sender_id, COUNT(*) AS sent FROM counted WHERE sender_kind = 'user' GROUP BY ALL)
SELECT sent.tenant, room_id, sender_id, received, sent FROM sent JOIN received USING (tenant, room_id) WHERE room_id IS NOT NULL ORDER BY ALL`,

	"billing-usage usage": `
WITH spans AS (
  SELECT b.tenant, b.application, b.time AS start, COALESCE(e.time, LEAST(b.time + 86400000000, {before})) AS stop
  FROM (SELECT * FROM session_started WHERE {tenant} AND time < {before} AND kind = 'agent') AS b
  LEFT JOIN (SELECT * FROM session_ended WHERE {tenant} AND time < {before}) AS e ON e.tenant = b.tenant AND e.session_id = b.session_id
), changes AS (
  SELECT tenant, application, GREATEST(start, {from}) AS time, 1 AS change FROM spans WHERE stop > {from}
  UNION ALL
  SELECT tenant, application, stop, -1 FROM spans WHERE stop > {from} AND stop < {before}
), running AS (
  SELECT tenant, application, time, SUM(change) OVER (PARTITION BY tenant, application ORDER BY time, change) AS n FROM changes
), hours AS (
  SELECT tenant, application, time // 3600000000 AS hour, MAX(n) AS peak FROM running GROUP BY ALL
), flows AS (
  SELECT tenant, application, COUNT(*) AS runs FROM flow_started WHERE {tenant} AND time >= {from} AND time < {before} GROUP BY ALL
), clicks AS (
  SELECT tenant, service, COUNT(*) AS clicks FROM assistance_clicked WHERE {tenant} AND time >= {from} AND time < {before} GROUP BY ALL
), calls AS (
  SELECT tenant, SUM(duration_seconds) AS seconds FROM call_ended WHERE {tenant} AND time >= {from} AND time < {before} AND service = 'call_now' GROUP BY ALL
)
SELECT tenant, application, MAX(peak), AVG(peak) FROM hours GROUP BY ALL
UNION ALL SELECT tenant, application, runs, 0 FROM flows
UNION ALL SELECT tenant, service, clicks, 0 FROM clicks
UNION ALL SELECT tenant, '', seconds, 0 FROM calls`,

	"tenant-usage tenants": `
SELECT tenant, active, inactive, credits FROM (
  SELECT tenant, COUNT(*) FILTER (status = 'ACTIVE') AS active, COUNT(*) FILTER (status = 'INACTIVE') AS inactive
  FROM (SELECT tenant, user_id, COALESCE(ARG_MAX(status, time), 'ACTIVE') AS status FROM user_upserted WHERE {tenant} AND time < {before} GROUP BY ALL)
  GROUP BY tenant
) LEFT JOIN (
  SELECT tenant, SUM(quantity) AS credits FROM credit_consumed WHERE {tenant} AND time >= {from} AND time < {before} GROUP BY tenant
) USING (tenant)`,

	"service-usage unique-contacts": countable + `
SELECT tenant, date_trunc('month', make_timestamp(time)) AS month, channel_id, COUNT(DISTINCT COALESCE(contact_id, sender_id))
FROM counted
WHERE direction <> 'internal'
GROUP BY GROUPING SETS ((tenant, month, channel_id), (tenant, month))
ORDER BY ALL`,

	"service-usage resolved-conversations": `
WITH resolved AS (
  SELECT tenant, conversation_id, time FROM conversation_resolved WHERE {tenant} AND time >= {from} AND time < {before}
), answers AS (
  SELECT tenant, conversation_id, MIN(time) AS time
  FROM message_sent
  WHERE {tenant} AND time < {before} AND direction = 'outbound' AND sender_kind IN ('user', 'bot', 'api')
    AND (tenant, conversation_id) IN (SELECT (tenant, conversation_id) FROM resolved)
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {before})
  GROUP BY ALL
), created AS (
  SELECT tenant, conversation_id, channel_id FROM conversation_created WHERE {tenant} AND time < {before} AND started_by = 'inbound'
)
SELECT tenant, resolved.time // 86400000000 AS day, channel_id, COUNT(DISTINCT conversation_id)
FROM resolved JOIN answers USING (tenant, conversation_id) JOIN created USING (tenant, conversation_id)
WHERE answers.time <= resolved.time
GROUP BY ALL
ORDER BY ALL`,

	"service-usage active-agents": countable + `
SELECT tenant, time // 86400000000 AS day, COUNT(DISTINCT sender_id)
FROM counted
WHERE direction = 'outbound' AND sender_kind = 'user'
GROUP BY GROUPING SETS ((tenant, day), (tenant))
ORDER BY ALL`,

	"service-usage proactive-messages": countable + `
SELECT tenant, time // 86400000000 AS day, channel_id, COUNT(*)
FROM counted
WHERE direction = 'outbound' AND proactive
GROUP BY GROUPING SETS ((tenant, day, channel_id), (tenant, day))
ORDER BY ALL`,

	"session-usage summary": chain + `
SELECT tenant, COUNT(*) FROM sessions GROUP BY ALL`,

	"session-usage trend": chain + `
SELECT tenant, start // 86400000000 AS day, COUNT(*) FROM sessions GROUP BY ALL ORDER BY ALL`,

	"session-usage by-month": chain + `
SELECT tenant, date_trunc('month', make_timestamp(start)) AS month, COUNT(*) FROM sessions GROUP BY ALL ORDER BY ALL`,

	"session-usage by-bot": chain + `
SELECT sessions.tenant, bot_id, COUNT(DISTINCT (contact, start))
FROM sessions JOIN heard USING (tenant, contact)
WHERE time >= start AND time < start + 86400000000
GROUP BY ALL`,
}

// countable begins a statement with the countable messages of the period.
const countable = `
WITH counted AS (
  SELECT *
  FROM message_sent
  WHERE {tenant} AND time >= {from} AND time < {before}
    AND COALESCE(content_kind, 'text') IN ('text', 'file') AND NOT COALESCE(preview, FALSE)
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {before})
)`

// chain begins a statement with the sessions of 24 hours that began in the period, as one counts who looks back a day: exact unless a contact was never silent for a day.
const chain = `
WITH RECURSIVE heard AS (
  SELECT tenant, COALESCE(contact_id, sender_id) AS contact, time, bot_id
  FROM message_sent
  WHERE {tenant} AND time >= {from} - 86400000000 AND time < {before} AND bot_id IS NOT NULL AND direction <> 'internal'
    AND (tenant, message_id) NOT IN (SELECT (tenant, message_id) FROM message_failed WHERE {tenant} AND time < {before})
), begun(tenant, contact, start) AS (
  SELECT tenant, contact, MIN(time) FROM heard GROUP BY ALL
  UNION ALL
  SELECT b.tenant, b.contact, MIN(h.time)
  FROM begun AS b JOIN heard AS h ON h.tenant = b.tenant AND h.contact = b.contact AND h.time >= b.start + 86400000000
  GROUP BY b.tenant, b.contact, b.start
), sessions AS (
  SELECT * FROM begun WHERE start >= {from}
)`
