-- What somebody who knows SQL would write for rules20.yaml on an event table: one query, shared windows, counts only.
-- Reads the view `events`; gives one row per rule. Right for repeated events; no evidence, no doubt, no duplicates.
CREATE OR REPLACE MACRO followed(match, due, now) AS
    CASE WHEN match <= due THEN 'met' WHEN now > due THEN 'violated' ELSE 'pending' END;
CREATE OR REPLACE MACRO certain(good) AS CASE WHEN good THEN 'met' ELSE 'violated' END;
CREATE OR REPLACE MACRO tally(rule, verdict) AS {
    'rule': rule,
    'met': count(*) FILTER (verdict = 'met'),
    'violated': count(*) FILTER (verdict = 'violated'),
    'pending': count(*) FILTER (verdict = 'pending'),
    'exempt': count(*) FILTER (verdict = 'exempt')
};

WITH log AS (
    SELECT * REPLACE (make_timestamp(epoch_us(time)) AS time) FROM events
),
first_of_actor AS (
    SELECT report_id, actor, min(time) AS time FROM log WHERE event = 'decision.made' GROUP BY ALL
),
first_of_template AS (
    SELECT report_id, template, min(time) AS time FROM log
    WHERE event = 'notice.sent' AND recipient = 'reporter' GROUP BY ALL
),
wide AS (
    SELECT
        event, log.time, decision, is_test, recipient,
        (SELECT max(time) FROM log) AS now,
        -- stated once, on the receipt, which comes first: so whatever the report states was known by then
        max(category) OVER whole AS category,
        bool_or(minor_involved) OVER whole AS minor_involved,
        min(log.time) FILTER (event = 'decision.made' AND decision = 'no_violation') OVER whole AS ever_cleared,
        min(log.time) FILTER (event = 'report.acknowledged') OVER ahead AS acknowledged,
        min(log.time) FILTER (event = 'review.assigned') OVER ahead AS assigned,
        min(log.time) FILTER (event = 'decision.made') OVER ahead AS decided,
        min(log.time) FILTER (event = 'decision.made' AND decision = 'no_violation') OVER ahead AS cleared,
        min(log.time) FILTER (event = 'referral.submitted' AND NOT is_test) OVER ahead AS referred,
        min(log.time) FILTER (event = 'referral.submitted' AND NOT is_test AND recipient = 'NCMEC') OVER ahead AS ncmec,
        min(log.time) FILTER (event = 'notice.sent' AND recipient = 'reporter') OVER ahead AS told,
        min(log.time) FILTER (event = 'report.closed') OVER ahead AS closed,
        min(log.time) FILTER (event = 'appeal.decided') OVER ahead AS appeal_decided,
        min(log.time) FILTER (event = 'preservation.started') OVER ahead AS preserved,
        min(log.time) FILTER (event = 'decision.made') OVER later AS decided_later,
        max(log.time) FILTER (event = 'decision.made') OVER back AS decided_before,
        max(log.time) FILTER (event = 'referral.opened') OVER back AS opened_before,
        max(log.time) FILTER (event = 'preservation.started') OVER back AS preserved_before,
        first_of_actor.time AS first_of_actor,
        first_of_template.time AS first_of_template,
        count(*) FILTER (event = 'decision.made') OVER upto AS decisions
    FROM log
    LEFT JOIN first_of_actor USING (report_id, actor)
    LEFT JOIN first_of_template USING (report_id, template)
    WINDOW
        whole AS (PARTITION BY report_id ORDER BY log.time RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
        ahead AS (PARTITION BY report_id ORDER BY log.time RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
        later AS (PARTITION BY report_id ORDER BY log.time
                  RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING),
        back AS (PARTITION BY report_id ORDER BY log.time RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
        upto AS (PARTITION BY report_id ORDER BY log.time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
judged AS (
    SELECT
        CASE WHEN event = 'report.received'
            THEN followed(acknowledged, time + INTERVAL 24 HOUR, now) END AS b01,
        CASE WHEN event = 'report.received' AND category IN ('csam', 'grooming', 'sextortion')
            THEN followed(assigned, time + INTERVAL 48 HOUR, now) END AS b02,
        CASE WHEN event = 'report.received'
            THEN followed(decided, time + INTERVAL 72 HOUR, now) END AS b03,
        CASE WHEN event = 'report.received' AND category = 'csam'
            THEN CASE WHEN ncmec <= time + INTERVAL 24 HOUR THEN 'met'
                      WHEN cleared <= time + INTERVAL 24 HOUR THEN 'exempt'
                      ELSE followed(ncmec, time + INTERVAL 24 HOUR, now) END END AS b04,
        CASE WHEN event = 'decision.made' AND minor_involved
            THEN certain(decision <> 'no_violation') END AS b05,
        CASE WHEN event = 'decision.made'
            THEN followed(told, time + INTERVAL 24 HOUR, now) END AS b06,
        CASE WHEN event = 'decision.made'
            THEN CASE WHEN told <= time + INTERVAL 168 HOUR AND (decided_later IS NULL OR told < decided_later) THEN 'met'
                      WHEN decided_later IS NOT NULL OR now > time + INTERVAL 168 HOUR THEN 'violated'
                      ELSE 'pending' END END AS b07,
        CASE WHEN event = 'report.received'
            THEN CASE WHEN decided IS NOT NULL AND (closed IS NULL OR decided <= closed) THEN 'met'
                      WHEN closed IS NOT NULL THEN 'violated'
                      ELSE 'pending' END END AS b08,
        CASE WHEN event = 'report.closed'
            THEN certain(decided_before IS NOT NULL) END AS b09,
        CASE WHEN event = 'referral.submitted'
            THEN certain(coalesce(opened_before >= time - INTERVAL 24 HOUR, false)) END AS b10,
        CASE WHEN event = 'content.removed'
            THEN CASE WHEN decided_before >= time - INTERVAL 24 HOUR THEN 'met'
                      ELSE followed(decided, time + INTERVAL 24 HOUR, now) END END AS b11,
        CASE WHEN event = 'content.removed' AND category IN ('csam', 'grooming', 'sextortion')
            THEN CASE WHEN preserved_before >= time - INTERVAL 48 HOUR THEN 'met'
                      ELSE followed(preserved, time + INTERVAL 48 HOUR, now) END END AS b12,
        CASE WHEN event = 'appeal.received'
            THEN followed(appeal_decided, time + INTERVAL 168 HOUR, now) END AS b13,
        CASE WHEN event = 'appeal.decided'
            THEN certain(coalesce(first_of_actor >= time, true)) END AS b14,
        CASE WHEN event = 'referral.opened'
            THEN followed(referred, time + INTERVAL 24 HOUR, now) END AS b15,
        CASE WHEN event = 'report.closed'
            THEN certain(coalesce(decided_later > time + INTERVAL 720 HOUR, true)) END AS b16,
        CASE WHEN event = 'account.suspended'
            THEN certain(ever_cleared IS NULL) END AS b17,
        CASE WHEN event = 'notice.sent' AND recipient = 'reporter'
            THEN certain(first_of_template >= time) END AS b18,
        CASE WHEN event = 'referral.submitted'
            THEN certain(NOT is_test) END AS b19,
        CASE WHEN event = 'decision.made' AND decisions = 2
            THEN followed(told, time + INTERVAL 24 HOUR, now) END AS b20
    FROM wide
)
SELECT unnest([
    tally('b01-acknowledged', b01), tally('b02-assigned', b02), tally('b03-decided', b03), tally('b04-referred', b04),
    tally('b05-minor-not-cleared', b05), tally('b06-told', b06), tally('b07-each-told', b07),
    tally('b08-decided-before-closed', b08), tally('b09-closed-decided', b09), tally('b10-referral-opened', b10),
    tally('b11-removal-decided', b11), tally('b12-preserved', b12), tally('b13-appeal-decided', b13),
    tally('b14-four-eyes', b14), tally('b15-opened-submitted', b15), tally('b16-closed-stays-closed', b16),
    tally('b17-suspended-not-cleared', b17), tally('b18-no-canned-answer', b18), tally('b19-no-test-referral', b19),
    tally('b20-second-decision-told', b20)
], recursive := true)
FROM judged
