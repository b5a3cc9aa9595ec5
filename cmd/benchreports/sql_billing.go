package main

import "strings"

// billing gives for each figure what it is about, its number and, where that is the most that ran at once, the average of the peaks of clock hours beside it. A section
// that the table has only because of something before the period has no number but 0.
var billing = `
WITH ` + concurrent("session", "session_started", "session_ended", "session_id", "kind = 'agent'", "UNNEST([application, 'All'])") + `,
` + concurrent("flow", "flow_started", "flow_ended", "flow_run_id", "NOT COALESCE(preview, FALSE) AND application IN ('Mobile Web', 'Web Self Service')", "application") + `,
runs AS (
  SELECT tenant, application, COUNT(*) AS runs
  FROM flow_started
  WHERE {tenant} AND time >= {from} AND time < {before} AND NOT COALESCE(preview, FALSE)
  GROUP BY GROUPING SETS ((tenant, application), (tenant))
), calls AS (
  SELECT tenant, SUM(duration_seconds) / 60000000 AS minutes FROM call_ended WHERE {tenant} AND time >= {from} AND time < {before} AND service = 'call_now' GROUP BY ALL
), messages AS (
  SELECT tenant, channel_id, COUNT(*) AS messages FROM message_sent WHERE ` + countable + ` AND direction = 'outbound' AND campaign_link GROUP BY ALL
), channels AS (
  SELECT tenant, channel_id FROM channel_upserted WHERE {tenant} AND time < {before} GROUP BY ALL HAVING ARG_MAX(platform, time) = 'sms'
)
SELECT tenant, 'runs' AS figure, COALESCE(application, 'Total') AS item, runs::DOUBLE AS number, NULL::DOUBLE AS average FROM runs
UNION ALL SELECT tenant, 'sessions', application, maximum, average FROM session_peaks
UNION ALL SELECT tenant, 'flows', application, maximum, average FROM flow_peaks
UNION ALL SELECT tenant, 'clicks', service, COUNT(*), NULL FROM assistance_clicked WHERE {tenant} AND time >= {from} AND time < {before} GROUP BY ALL
UNION ALL SELECT tenant, 'numbers', '', COUNT(*), NULL FROM phone_number_purchased WHERE {tenant} AND time >= {from} AND time < {before} GROUP BY ALL
UNION ALL SELECT tenant, 'minutes', '', minutes, NULL FROM calls
UNION ALL SELECT tenant, 'messages', '', SUM(messages), NULL FROM messages SEMI JOIN channels USING (tenant, channel_id) GROUP BY ALL`

// concurrent is what gives the peaks of some spans. Between two instants at which spans begin or end their number stays the same. So each such stretch has a part in the
// hour in which it begins and in that in which it ends, and the hours between are its own, counted without a row for each.
//
// A span that lasts no time counts as one of a microsecond.
func concurrent(name, started, ended, id, where, applications string) string {
	return strings.NewReplacer("NAME", name, "STARTED", started, "ENDED", ended, "ID", id, "WHERE_IT", where, "APPLICATIONS", applications).Replace(`NAME_spans AS MATERIALIZED (
  SELECT tenant, application, start, CASE WHEN stop IS NULL THEN LEAST(start + 86400000000, {before}) ELSE GREATEST(stop, start + 1) END AS stop
  FROM (SELECT tenant, ID, APPLICATIONS AS application, time AS start FROM STARTED WHERE {tenant} AND time >= {from} - 31 * 86400000000 AND time < {before} AND WHERE_IT) AS s
  LEFT JOIN (SELECT tenant, ID, time AS stop FROM ENDED WHERE {tenant} AND time >= {from} - 62 * 86400000000 AND time < {before}) AS e USING (tenant, ID)
  WHERE CASE WHEN stop IS NULL THEN start + 86400000000 ELSE GREATEST(stop, start + 1) END > {from}
), NAME_levels AS (
  SELECT tenant, application, time, SUM(change) OVER w AS n, LEAD(time, 1, {before}) OVER w AS until
  FROM (
    SELECT tenant, application, GREATEST(start, {from}) AS time, 1 AS change FROM NAME_spans
    UNION ALL
    SELECT tenant, application, stop, -1 FROM NAME_spans WHERE stop < {before}
  )
  WINDOW w AS (PARTITION BY tenant, application ORDER BY time)
), NAME_hours AS (
  SELECT tenant, application, hour, MAX(n) AS peak, ANY_VALUE(hours) AS hours
  FROM (
    SELECT tenant, application, n, UNNEST([first, first + 1, last]) AS hour, UNNEST([1, last - first - 1, 1]) AS hours
    FROM (SELECT *, time // 3600000000 AS first, (until - 1) // 3600000000 AS last FROM NAME_levels WHERE until > time AND n > 0)
  )
  WHERE hours > 0
  GROUP BY ALL
), NAME_peaks AS (
  SELECT tenant, application, MAX(peak) AS maximum, SUM(peak * hours) / SUM(hours) AS average FROM NAME_hours GROUP BY ALL
)`)
}
