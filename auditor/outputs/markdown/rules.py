"""Rules and groups, in figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.outputs.figures import COUNTS, group_name, grouped, standing, worst_first
from auditor.outputs.markdown.tables import more, table
from auditor.outputs.markdown.text import cited, code, prose
from auditor.results.groups import message
from auditor.results.groups import worst_first as worst_groups
from auditor.rules import sentence

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome
    from auditor.rules.model import Rule

MOST_GROUPS = 20  # of a rule, or of `--by`
_LONGEST = 80  # characters of a group's name


def rules(audit: Audit) -> Iterator[str]:
    """A line for each rule that had something to judge, worst first."""
    yield from ("", "## Rules", "")
    shown = [one for one in worst_first(audit.outcomes) if not one.silent]
    if not shown:
        yield "No rule had anything to judge."
        return
    last = ("groups",) if any(one.groups for one in shown) else ()
    rows = [
        (_named(one), one.rule.severity, *(f"{one[verdict]:,}" for verdict in COUNTS), f"{one.activations:,}",
         *(grouped(one) for _ in last))
        for one in shown
    ]  # fmt: skip
    yield from table(("rule", "severity", *COUNTS, "activations", *last), rows)


def groups(audit: Audit) -> Iterator[str]:
    """Verdicts on groups, then counts of `--by`."""
    for outcome in worst_first(audit.outcomes):
        if outcome.groups:
            yield from _verdicts(outcome)
    if not audit.groups:
        return
    shown = sorted(audit.groups, key=lambda group: -group["violated"])[:MOST_GROUPS]
    yield from ("", f"## By {', '.join(map(prose, audit.groups[0]['group']))}", "")
    rows = [
        (code(one["rule_id"]), code(group_name(one["group"]), _LONGEST), *(f"{one[name]:,}" for name in COUNTS))
        for one in shown
    ]
    yield from table(("rule", "group", *COUNTS), rows)
    yield from more(len(audit.groups) - len(shown), "groups, those with fewer violations", "findings.json")


def _verdicts(outcome: RuleOutcome) -> Iterator[str]:
    rule, shown = outcome.rule, worst_groups(outcome.rule, outcome.groups)[:MOST_GROUPS]
    yield from ("", f"## Groups of {_named(outcome)} ({rule.severity})", "", *measured(rule), "")
    rows = [
        (one["verdict"], code(group_name(one["group"]), _LONGEST), prose(message(rule, one)))
        for one in shown
    ]  # fmt: skip
    yield from table(("verdict", "group", "what was found"), rows)
    yield from more(len(outcome.groups) - len(shown), "groups", "findings.json")


def measured(rule: Rule) -> Iterator[str]:
    """What the rule demands, what a finding of it is measured against, and the sources."""
    yield prose(sentence(rule))
    if basis := standing(rule):
        yield from ("", f"Measured against: {prose(basis)}")
    if rule.refs:
        yield from ("", f"Sources: {'; '.join(map(cited, rule.refs))}")


def _named(outcome: RuleOutcome) -> str:
    return code(outcome.rule.id) + (" (draft, not counted)" if outcome.rule.draft else "")
