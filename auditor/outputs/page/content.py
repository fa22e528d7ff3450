"""What the page says, under the names that its templates use."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import auditor
from auditor.outputs import figures
from auditor.outputs.hostile import safe
from auditor.outputs.log_health import conclusion, summary
from auditor.outputs.notices import Notice, notices
from auditor.outputs.page import charts
from auditor.outputs.page.data import data
from auditor.outputs.page.groups import Section, Tally, sections, tally
from auditor.outputs.page.lateness import LABELS, MOST_RULES, Lateness, lateness
from auditor.outputs.page.listing import LONGEST, Listing
from auditor.outputs.page.made_of import made_of
from auditor.outputs.page.rules import RuleEntry, entries
from auditor.outputs.samples import Doubt
from auditor.results.marks import STATUSES
from auditor.results.wording import iso_text
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from auditor.results.audit import Audit

STATIC = 50  # findings that stand in the page itself, and on one page of the list
RESOLVED = 100
ROLES = {
    "activation": "activation: the duty arises", "match": "match", "bound": "bound: the time allowed ends",
    "exemption": "exemption: the duty falls away", "met": "met", "due": "due", "judged": "moment of judgement",
}  # fmt: skip
COLUMNS = (
    ("severity", "severity"), ("verdict", "verdict"), ("rule", "rule"), ("subject", "subject"),
    ("activated_at", "activated"), ("late", "late by"),
)  # fmt: skip


class Page:
    """An audit as its page tells it; `listing`: the findings that are listed."""

    verdicts, meanings, severities, roles, columns = figures.COUNTS, figures.MEANINGS, list(SEVERITIES), ROLES, COLUMNS
    late_labels, most_rules = LABELS, MOST_RULES

    def __init__(self, audit: Audit, listing: Listing) -> None:
        self.audit, self.listing = audit, listing
        self.version = auditor.__version__
        self.headline = figures.headline(audit)
        self.silence = figures.silence(audit)
        self.as_of = iso_text(audit.judgement.as_of)
        self.comparison = audit.comparison
        self.conclusion = conclusion(audit)
        self.log_summary = summary(audit, verbose=True)

    @property
    def title(self) -> str:
        """The name of the window."""
        return f"Audit of {self.logs}, as of {self.as_of[:10]}"

    @property
    def logs(self) -> str:
        """The names of the log's files."""
        files = self.audit.log.health.files
        return ", ".join(files[:3]) + (f" and {len(files) - 3:,} more" if len(files) > 3 else "")

    @property
    def packs(self) -> str:
        """`child-safety 1.0.0`."""
        return ", ".join(f"{pack.name} {pack.version}".strip() for pack in self.audit.ruleset.packs)

    @property
    def mood(self) -> str:
        """The verdict that the conclusion is about."""
        head = self.headline
        doubt = head.counts["undetermined"] or head.group_counts["undetermined"] or head.not_judged
        return "violated" if head.violated else "undetermined" if doubt else "met"

    @property
    def waives(self) -> bool:
        """Whether waivers were given."""
        return self.audit.marks.waivers is not None

    @cached_property
    def notices(self) -> list[Notice]:
        """What a reader has to know before any figure."""
        cut = [Notice(self.listing.cut, "findings")] if self.listing.left_out else []
        return [*cut, *notices(self.audit, self.headline)]

    @cached_property
    def sections(self) -> list[dict[str, str]]:
        """The contents."""
        present = {
            "trend": ("Trend", self.trend), "rules": ("Rules", True),
            "groups": ("Groups", self.group_sections or self.by), "lateness": ("How late", self.lateness.cases),
            "findings": ("Findings", True), "resolved": ("Resolved", self.resolved),
            "unjudged": ("Not judged", True), "opinions": ("Source's verdicts", self.opinions),
            "log": ("The log", True), "provenance": ("Made of", True),
        }  # fmt: skip
        return [{"id": id, "title": title} for id, (title, there) in present.items() if there]

    @cached_property
    def trend(self) -> dict[str, Any] | None:
        """Runs of the store, where there are two at least."""
        runs = self.audit.trend[-charts.MOST_RUNS :]
        if len(runs) < 2:
            return None
        return {"runs": runs, "earlier": len(self.audit.trend) - len(runs), "chart": charts.trend(runs)}

    @cached_property
    def every_rule(self) -> list[RuleEntry]:
        """All rules, in their order."""
        return entries(self.audit, Counter(row["rule_id"] for row in self.listing.rows))

    @property
    def rule_by_id(self) -> dict[str, RuleEntry]:
        """Rules by id."""
        return {one.id: one for one in self.every_rule}

    @cached_property
    def rules(self) -> list[RuleEntry]:
        """Those that had something to judge, worst first."""
        known = self.rule_by_id
        return [known[one.rule.id] for one in figures.worst_first(self.audit.outcomes) if not one.silent]

    @cached_property
    def group_sections(self) -> list[Section]:
        """Verdicts on groups."""
        return sections(self.audit)

    @cached_property
    def by(self) -> Tally | None:
        """Counts by group."""
        return tally(self.audit)

    @cached_property
    def lateness(self) -> Lateness:
        """How late."""
        return lateness(self.audit)

    @property
    def histogram(self) -> Markup:
        """How late, as a drawing."""
        return charts.histogram(self.lateness)

    @property
    def late_by_rule(self) -> Markup:
        """How late by rule, as a drawing."""
        return charts.by_rule(self.lateness)

    @property
    def static_rows(self) -> tuple[Any, ...]:
        """The findings that can be read without a script."""
        return self.listing.rows[:STATIC]

    @cached_property
    def filters(self) -> dict[str, Any]:
        """What findings can be filtered by: values that occur, with the number of findings."""
        rows = self.listing.rows
        counted = {name: Counter(row[name] for row in rows) for name in ("severity", "verdict", "status")}
        orders = {"severity": SEVERITIES, "verdict": figures.COUNTS, "status": STATUSES}
        found: dict[str, Any] = {
            name: {value: counted[name][value] for value in order if counted[name][value]}
            for name, order in orders.items()
        }
        listed = sorted((one for one in self.every_rule if one.listed), key=lambda one: one.id)
        return found | {"rules": [{"number": one.number, "id": one.id, "count": one.listed} for one in listed]}

    @property
    def listed_verdicts(self) -> str:
        """`violated and undetermined`: what the audit shows."""
        *some, last = self.audit.show
        return f"{', '.join(some)} and {last}" if some else last

    @cached_property
    def resolved(self) -> list[dict[str, Any]]:
        """The first of the findings of the earlier audit that are none any more."""
        if self.comparison is None:
            return []
        rows = self.comparison.resolved_findings.slice(0, RESOLVED).to_pylist()
        return [row | {"subject": row["subject"] and safe(row["subject"], LONGEST)} for row in rows]

    @cached_property
    def doubts(self) -> list[Doubt]:
        """Undetermined findings by reason."""
        return figures.doubtful(self.audit)

    @property
    def nothing_unjudged(self) -> bool:
        """Whether there is nothing to say of what could not be judged."""
        quiet = self.silence
        undetermined = any(outcome["undetermined"] for outcome in self.audit.outcomes)
        return not (undetermined or quiet.unjudged or quiet.never or quiet.asleep or self.audit.gaps)

    @property
    def opinions(self) -> Any:
        """The source's own verdicts."""
        return self.audit.asserted.each

    @property
    def events(self) -> list[dict[str, Any]]:
        """Events of the log by name."""
        return [
            {"name": name, "count": one.count, "first": iso_text(one.first), "last": iso_text(one.last)}
            for name, one in sorted(self.audit.log.profile.items())
        ]

    @property
    def unseen(self) -> list[str]:
        """Events that the source records, and of which there is none."""
        return sorted(self.audit.log.covers - set(self.audit.log.profile))

    @cached_property
    def facts(self) -> list[tuple[str, list[str]]]:
        """What the audit was made of."""
        return made_of(self.audit)

    @property
    def data(self) -> Markup:
        """The findings for the script."""
        return data(self.listing.rows, [one.told() for one in self.every_rule], self.as_of)
