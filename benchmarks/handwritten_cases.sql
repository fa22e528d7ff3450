-- What somebody who knows SQL would write for rules20.yaml on a case table, where every rule is arithmetic on one row.
-- Reads the view `cases`; gives one row per rule, counts only.
CREATE OR REPLACE MACRO followed(match, due, now) AS
    CASE WHEN match <= due THEN 'met' WHEN now > due THEN 'violated' ELSE 'pending' END;
CREATE OR REPLACE MACRO after(match, time) AS CASE WHEN match >= time THEN match END;
CREATE OR REPLACE MACRO certain(good) AS CASE WHEN good THEN 'met' ELSE 'violated' END;
CREATE OR REPLACE MACRO tally(rule, verdict) AS {
    'rule': rule,
    'met': count(*) FILTER (verdict = 'met'),
    'violated': count(*) FILTER (verdict = 'violated'),
    'pending': count(*) FILTER (verdict = 'pending'),
    'exempt': count(*) FILTER (verdict = 'exempt')
};

WITH clock AS (
    SELECT greatest(
        max(report_received_at), max(report_acknowledged_at), max(review_assigned_at), max(decision_made_at),
        max(notice_sent_at), max(report_closed_at), max(content_removed_at), max(referral_opened_at),
        max(referral_submitted_at), max(appeal_received_at), max(appeal_decided_at), max(account_suspended_at),
        max(preservation_started_at)
    ) AS now
    FROM cases
),
short AS (
    SELECT
        now,
        report_received_category IN ('csam', 'grooming', 'sextortion') AS child_sexual,
        report_received_category = 'csam' AS csam,
        report_received_minor_involved AS minor_involved,
        report_received_at AS received,
        report_acknowledged_at AS acknowledged,
        review_assigned_at AS assigned,
        decision_made_at AS decided,
        decision_made_decision AS decision,
        decision_made_actor AS actor,
        CASE WHEN notice_sent_recipient = 'reporter' THEN notice_sent_at END AS told,
        report_closed_at AS closed,
        content_removed_at AS removed,
        referral_opened_at AS opened,
        referral_submitted_at AS submitted,
        referral_submitted_is_test AS is_test,
        CASE WHEN NOT referral_submitted_is_test THEN referral_submitted_at END AS referred,
        CASE WHEN NOT referral_submitted_is_test AND referral_submitted_recipient = 'NCMEC'
            THEN referral_submitted_at END AS ncmec,
        appeal_received_at AS appealed,
        appeal_decided_at AS appeal_decided,
        appeal_decided_actor AS appeal_actor,
        account_suspended_at AS suspended,
        preservation_started_at AS preserved
    FROM cases, clock
),
judged AS (
    SELECT
        -- a time before the activation is no match: `after` leaves it out
        followed(after(acknowledged, received), received + INTERVAL 24 HOUR, now) AS b01,
        CASE WHEN child_sexual THEN followed(after(assigned, received), received + INTERVAL 48 HOUR, now) END AS b02,
        followed(after(decided, received), received + INTERVAL 72 HOUR, now) AS b03,
        CASE WHEN csam
            THEN CASE WHEN after(ncmec, received) <= received + INTERVAL 24 HOUR THEN 'met'
                      WHEN decision = 'no_violation' AND after(decided, received) <= received + INTERVAL 24 HOUR THEN 'exempt'
                      ELSE followed(after(ncmec, received), received + INTERVAL 24 HOUR, now) END END AS b04,
        CASE WHEN decided IS NOT NULL AND minor_involved THEN certain(decision <> 'no_violation') END AS b05,
        CASE WHEN decided IS NOT NULL
            THEN followed(after(told, decided), decided + INTERVAL 24 HOUR, now) END AS b06,
        CASE WHEN decided IS NOT NULL
            THEN followed(after(told, decided), decided + INTERVAL 168 HOUR, now) END AS b07,
        CASE WHEN after(decided, received) IS NOT NULL AND (closed IS NULL OR decided <= closed) THEN 'met'
             WHEN closed IS NOT NULL THEN 'violated'
             ELSE 'pending' END AS b08,
        CASE WHEN closed IS NOT NULL THEN certain(coalesce(decided <= closed, false)) END AS b09,
        CASE WHEN submitted IS NOT NULL
            THEN certain(coalesce(opened BETWEEN submitted - INTERVAL 24 HOUR AND submitted, false)) END AS b10,
        CASE WHEN removed IS NOT NULL
            THEN followed(after(decided, removed - INTERVAL 24 HOUR), removed + INTERVAL 24 HOUR, now) END AS b11,
        CASE WHEN removed IS NOT NULL AND child_sexual
            THEN followed(after(preserved, removed - INTERVAL 48 HOUR), removed + INTERVAL 48 HOUR, now) END AS b12,
        CASE WHEN appealed IS NOT NULL
            THEN followed(after(appeal_decided, appealed), appealed + INTERVAL 168 HOUR, now) END AS b13,
        CASE WHEN appeal_decided IS NOT NULL
            THEN certain(NOT coalesce(decided < appeal_decided AND actor = appeal_actor, false)) END AS b14,
        CASE WHEN opened IS NOT NULL
            THEN followed(after(referred, opened), opened + INTERVAL 24 HOUR, now) END AS b15,
        CASE WHEN closed IS NOT NULL
            THEN certain(NOT coalesce(decided > closed AND decided <= closed + INTERVAL 720 HOUR, false)) END AS b16,
        CASE WHEN suspended IS NOT NULL
            THEN certain(NOT coalesce(decided IS NOT NULL AND decision = 'no_violation', false)) END AS b17,
        CASE WHEN told IS NOT NULL THEN 'met' END AS b18,
        CASE WHEN submitted IS NOT NULL THEN certain(NOT is_test) END AS b19,
        CAST(NULL AS VARCHAR) AS b20
    FROM short
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
