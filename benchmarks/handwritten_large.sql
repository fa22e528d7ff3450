-- The counts of rules_large.yaml, by hand: met, violated, pending, exempt.  Windows count up to a moment; the ends of the
-- rules' own windows stand among the events.
WITH e AS (SELECT platform, event, CAST(time AS TIMESTAMP) AS time, actor, template FROM events),
judged AS (SELECT max(time) AS moment FROM e),
near AS (
  SELECT event, time,
    min(time) FILTER (WHERE event = 'notice.sent') OVER (
      PARTITION BY platform ORDER BY time DESC RANGE UNBOUNDED PRECEDING) AS notice,
    min(time) FILTER (WHERE event = 'decision.made') OVER (
      PARTITION BY platform, actor ORDER BY time DESC
      RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING) AS again
  FROM e),
decisions AS (SELECT row_number() OVER () AS id, platform, time FROM e WHERE event = 'decision.made'),
line AS (
  SELECT platform, time, NULL AS id, 0 AS what FROM decisions
  UNION ALL SELECT platform, time, id, 1 FROM decisions
  UNION ALL SELECT platform, time + INTERVAL 1 HOUR, id, 2 FROM decisions
  UNION ALL SELECT platform, time + INTERVAL 24 HOUR, id, 3 FROM decisions),
upto AS (
  SELECT id, what, time,
    sum(CASE WHEN what = 0 THEN 1 ELSE 0 END) OVER (
      PARTITION BY platform ORDER BY time, what > 0 ROWS UNBOUNDED PRECEDING) AS n
  FROM line),
numbers AS (
  SELECT max(n) FILTER (WHERE what = 2) - max(n) FILTER (WHERE what = 1) AS hour,
    max(n) FILTER (WHERE what = 3) - max(n) FILTER (WHERE what = 1) AS day,
    max(time) AS due
  FROM upto WHERE what > 0 GROUP BY id)
SELECT 'answered', count(*) FILTER (WHERE notice <= time + INTERVAL 30 MINUTE),
  count(*) FILTER (WHERE notice > time + INTERVAL 30 MINUTE
    OR notice IS NULL AND moment > time + INTERVAL 30 MINUTE),
  count(*) FILTER (WHERE notice IS NULL AND moment <= time + INTERVAL 30 MINUTE), 0
FROM near, judged WHERE event = 'decision.made'
UNION ALL
SELECT 'not-rushed', count(*) FILTER (WHERE hour <= 50), count(*) FILTER (WHERE hour > 50), 0, 0 FROM numbers
UNION ALL
SELECT 'not-idle', count(*) FILTER (WHERE day >= 10), count(*) FILTER (WHERE day < 10 AND moment > due),
  count(*) FILTER (WHERE day < 10 AND moment <= due), 0 FROM numbers, judged
UNION ALL
SELECT 'breathing-space', count(*) FILTER (WHERE again IS NULL OR again > time + INTERVAL 10 MINUTE),
  count(*) FILTER (WHERE again <= time + INTERVAL 10 MINUTE), 0, 0
FROM near WHERE event = 'decision.made'
UNION ALL
SELECT 'one-template', count(*) FILTER (WHERE few), count(*) FILTER (WHERE NOT few), 0, 0
FROM (SELECT count(DISTINCT template) <= 1 AS few FROM e WHERE event = 'notice.sent' GROUP BY platform)
