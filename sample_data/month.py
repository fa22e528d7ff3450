"""A month of a made-up platform: what happened to each report, in UTC.  No event occurs twice in a report."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

START = datetime(2025, 10, 1)  # Europe/Amsterdam leaves summer time on 26 October
EXPORTED = datetime(2025, 11, 7)
MINUTE, HOUR, DAY = 60, 3600, 86_400

CATEGORIES = {
    "csam": 30, "csam_synthetic": 4, "grooming": 8, "sextortion": 8, "trafficking_minor": 2, "minor_privacy": 8,
    "minor_harassment": 10, "age_restriction": 3, "unsafe_challenge": 4, "child_other": 4, "ncii": 7, "self_harm": 3,
    "terror": 1, "other": 6, "unknown": 1, "": 1,
}  # fmt: skip
SEXUAL = {"csam", "csam_synthetic", "grooming", "sextortion", "trafficking_minor", "ncii"}
IMAGERY = {"csam", "csam_synthetic"}
REPORTERS = {
    "user": 70, "victim": 8, "guardian": 6, "trusted_flagger": 6, "hotline": 4, "authority": 1, "automated": 4, "": 1,
}  # fmt: skip
COUNTRIES = {"NL": 40, "IE": 20, "FR": 20, "US": 20}
OUTCOMES = {"violation": 50, "no_violation": 30, "partial": 5, "no_action": 11, "void": 3, "": 1}
ACTIONS = {"remove": 60, "restrict": 10, "warn": 10, "label": 8, "disable": 7, "demote": 5}


class Dice:
    """Chance, from `random()` alone: that sequence is the same on every Python."""

    def __init__(self, seed: int) -> None:
        self._next = random.Random(seed).random  # noqa: S311 - a story, not a secret

    def chance(self, percent: float) -> bool:
        return self._next() * 100 < percent

    def below(self, limit: int) -> int:
        return int(self._next() * limit)

    def pick(self, weights: dict[str, int]) -> str:
        mark = self._next() * sum(weights.values())
        for value, weight in weights.items():
            mark -= weight
            if mark < 0:
                return value
        return next(reversed(weights))

    def delay(self, usual: int) -> int:
        """Seconds: mostly well under `usual`, with a long tail."""
        return max(1, int(usual * 0.5 * (1 / (1 - self._next() * 0.97) - 0.6)))


@dataclass
class Report:
    """One report: ids and facts by column, the time of each event by name."""

    facts: dict[str, str]
    times: dict[str, datetime] = field(default_factory=dict)

    def add(self, event: str, after: str, seconds: int) -> bool:
        """Let `event` happen so long after another one, if that happened and the export still sees it."""
        if after not in self.times or event in self.times:
            return False
        moment = self.times[after] + timedelta(seconds=seconds)
        if moment < EXPORTED:
            self.times[event] = moment
        return moment < EXPORTED


def reports(seed: int, number: int) -> Iterator[Report]:
    """The reports of the month, by the time of their receipt."""
    dice = Dice(seed)
    moments = sorted({dice.below(31 * DAY) for _ in range(number)})
    earlier: list[Report] = []
    for index, second in enumerate(moments):
        report = Report(_facts(dice, index, earlier))
        report.times["report.received"] = START + timedelta(seconds=second)
        _intake(dice, report)
        _review(dice, report)
        _answer(dice, report)
        _appeal(dice, report)
        if report.facts["category"] in SEXUAL:
            _refer(dice, report)
        _follow_up(dice, report)
        earlier.append(report)
        yield report


def _facts(dice: Dice, index: int, earlier: Sequence[Report]) -> dict[str, str]:
    category = dice.pick(CATEGORIES)
    minor = "" if dice.chance(12) else "Y" if category in SEXUAL and dice.chance(80) else "N"
    facts = {
        "report_id": f"R-{100_000 + index}",
        "content_id": f"item-{index}", "account_id": f"acct-{dice.below(700)}", "reporter_id": f"p-{dice.below(1500)}",
        "reporter_type": dice.pick(REPORTERS), "category": category, "minor": minor,
        "channel": dice.pick({"app": 60, "web": 30, "mail": 10}), "country": dice.pick(COUNTRIES),
    }  # fmt: skip
    if earlier and dice.chance(22):  # another report on an item of the last days, sometimes by the same person
        other = earlier[-1 - dice.below(min(40, len(earlier)))].facts
        facts |= {name: other[name] for name in ("content_id", "account_id", "category", "minor")}
        if dice.chance(30):
            facts |= {name: other[name] for name in ("reporter_id", "reporter_type")}
    if dice.chance(4):
        facts["reporter_id"] = ""
    if dice.chance(3):
        facts["content_id"] = ""
    if facts["reporter_type"] == "automated":
        facts |= {"reporter_id": "", "channel": "scan"}
    return facts


def _intake(dice: Dice, report: Report) -> None:
    add, received = report.add, "report.received"
    if report.facts["reporter_type"] == "automated":
        add("detection.hit", received, 0)
    elif dice.chance(96):
        add("report.acknowledged", received, dice.delay(2 * HOUR))
        report.facts["ack_text"] = dice.pick({"ack-1": 9, "ack-2": 1})
    if dice.chance(5):
        add("content.created", received, -dice.delay(3 * DAY))
        report.facts["views"] = str(dice.below(200_000))
    if dice.chance(60):
        add("review.queued", received, 2)
    if dice.chance(80):
        add("review.assigned", received, dice.delay(3 * HOUR))
    if report.facts["category"] in SEXUAL and report.facts["minor"] != "N" and dice.chance(85):
        add("review.escalated", received, dice.delay(8 * HOUR))
    if dice.chance(2):
        add(("report.withdrawn", "report.voided", "report.merged")[dice.below(3)], received, dice.delay(10 * HOUR))
    if report.facts["reporter_id"] and dice.chance(6):
        add("information.requested", received, dice.delay(6 * HOUR))
        add("clock.paused", "information.requested", 0)
        if dice.chance(70) and add("information.provided", "information.requested", dice.delay(20 * HOUR)):
            add("clock.resumed", "information.provided", 0)
            report.facts["minor_told"] = "Y" if report.facts["category"] in SEXUAL and dice.chance(50) else ""


def _review(dice: Dice, report: Report) -> None:
    facts, sexual = report.facts, report.facts["category"] in SEXUAL
    dropped = {"report.withdrawn", "report.voided", "report.merged"} & report.times.keys()
    trusted = facts["reporter_type"] in ("trusted_flagger", "hotline")
    usual = 6 * HOUR if trusted else DAY if sexual else 3 * DAY
    if dice.chance(20 if dropped else 96):
        _decide(
            dice, report, "information.provided" if "information.provided" in report.times else "report.received", usual
        )
    elif dice.chance(60) and report.add("report.closed", "report.received", dice.delay(9 * HOUR)) and dice.chance(40):
        report.add("report.reopened", "report.closed", dice.delay(DAY))
        _decide(dice, report, "report.reopened", 3 * DAY)
    if facts.get("outcome") in ("violation", "partial"):
        report.add("action.scheduled", "decision.made", 5)
        if dice.chance(4):
            report.add("action.failed", "decision.made", 30)
        report.add("action.applied", "decision.made", dice.delay(HOUR))
        facts["measure"] = dice.pick(ACTIONS)
        if sexual and dice.chance(93):
            report.add("content.removed", "decision.made", dice.delay(5 * HOUR))
        if facts["category"] in IMAGERY and dice.chance(85):
            report.add("account.suspended", "decision.made", dice.delay(9 * HOUR) - 2 * HOUR)
    elif facts.get("outcome") == "no_violation" and sexual and dice.chance(6):
        report.add("content.removed", "decision.made", dice.delay(40 * HOUR))
    report.add("report.closed", "decision.made", dice.delay(9 * HOUR))


def _last(report: Report, *events: str) -> str:
    return next(event for event in events if event in report.times)


def _decide(dice: Dice, report: Report, after: str, usual: int) -> None:
    facts, sexual = report.facts, report.facts["category"] in SEXUAL
    if not report.add("decision.made", after, dice.delay(usual)):
        return
    facts["outcome"] = dice.pick({**OUTCOMES, "no_violation": 12} if sexual else OUTCOMES)
    facts["handled_by"] = "" if dice.chance(2) else f"rev-{dice.below(25)}"
    facts["automatic"] = "" if dice.chance(3) else "Y" if dice.chance(7) else "N"
    if facts["outcome"] == "no_violation" and facts["minor"] == "Y" and dice.chance(70):
        facts["minor_found"] = "N"
    if dice.chance(4):
        facts["category_found"] = "other"


def _answer(dice: Dice, report: Report) -> None:
    facts = report.facts
    if "decision.made" in report.times and facts["reporter_id"]:
        event = "notice.failed" if dice.chance(2) else "notice.sent"
        if dice.chance(93) and report.add(event, "decision.made", dice.delay(6 * HOUR)):
            facts["answer_to"] = "" if dice.chance(1) else "reporter" if dice.chance(95) else "affected_user"
            facts["answer_text"] = "removed" if facts["outcome"] == "violation" else "no-violation"
    if dice.chance(3):
        report.add("statement.filed", "action.applied", dice.delay(DAY))


def _appeal(dice: Dice, report: Report) -> None:
    facts = report.facts
    if not (dice.chance(9) and report.add("appeal.received", "decision.made", dice.delay(2 * DAY))):
        return
    if dice.chance(80) and report.add("appeal.decided", "appeal.received", dice.delay(3 * DAY)):
        facts["appeal_outcome"] = dice.pick({"upheld": 60, "overturned": 30, "partial": 5, "withdrawn": 5})
        same = dice.chance(6)
        facts["appeal_handled_by"] = facts["handled_by"] if same else f"rev-{30 + dice.below(5)}"
        if facts["appeal_outcome"] == "overturned" and facts["outcome"] == "no_violation":
            report.add("content.removed", "appeal.decided", dice.delay(5 * HOUR))
    if dice.chance(20):
        report.add("report.reopened", "report.closed", dice.delay(DAY))


def _refer(dice: Dice, report: Report) -> None:
    facts = report.facts
    first = "report.received" if dice.chance(80) else "decision.made"
    if facts.get("outcome") in ("no_violation", "no_action", "void") and not dice.chance(8):
        return
    if not (dice.chance(92) and report.add("referral.opened", first, dice.delay(3 * HOUR))):
        return
    if dice.chance(4):
        report.add("referral.failed", "referral.opened", 60)
    if dice.chance(2):
        report.add("referral.retracted", "referral.opened", 5 * HOUR)
    elif dice.chance(96) and report.add("referral.submitted", "referral.opened", dice.delay(HOUR)):
        facts["referral_to"] = "" if dice.chance(1) else dice.pick({"NCMEC": 90, "police": 6, "NCA": 4})
        facts["referral_test"] = "" if dice.chance(1) else "Y" if dice.chance(1.5) else "N"
        if dice.chance(94):
            report.add("preservation.started", "referral.submitted", dice.delay(8 * HOUR) - HOUR)
        if dice.chance(1):
            report.add("preservation.ended", "preservation.started", 9 * DAY)


def _follow_up(dice: Dice, report: Report) -> None:
    add = report.add
    if dice.chance(4):
        add("content.checked_unavailable", "content.removed", dice.delay(DAY))
    if dice.chance(1.5):
        add("content.restored", "content.removed", dice.delay(5 * DAY))
    if dice.chance(3):
        add("content.reappeared", "content.removed", dice.delay(4 * DAY))
    if "content.removed" not in report.times and dice.chance(4):
        add("content.checked_available", "report.received", dice.delay(3 * DAY))
    if "content.removed" not in report.times and dice.chance(1):
        add("content.deleted_by_user", "report.received", dice.delay(2 * DAY))
    if report.facts["category"] in SEXUAL and dice.chance(2):
        add("authority.requested", "report.received", dice.delay(60 * HOUR))
    if dice.chance(3):
        add("account.reinstated", "account.suspended", dice.delay(6 * DAY))
    if dice.chance(3):
        add("action.reversed" if dice.chance(60) else "action.expired", "action.applied", dice.delay(6 * DAY))
