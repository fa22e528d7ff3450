"""What the audit says nothing about, what was read, and by which packs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.outputs.asserted import told
from auditor.outputs.figures import doubtful, silence
from auditor.outputs.log_health import summary
from auditor.outputs.markdown.findings import subject
from auditor.outputs.markdown.tables import table
from auditor.outputs.markdown.text import code, prose

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome


def unjudged(audit: Audit) -> Iterator[str]:
    """Undetermined findings by reason, and rules that say nothing."""
    quiet, doubts = silence(audit), doubtful(audit)
    yield from ("", "## What could not be judged", "")
    if not (doubts or quiet.unjudged or quiet.never or quiet.asleep):
        yield "Every rule had something to judge, and nothing is undetermined."
        return
    yield "Silence is not compliance."
    if doubts:
        totals = {one.rule.id: one.activations for one in audit.outcomes}
        rows = [
            (code(one.rule_id), f"{one.cases:,} of {totals[one.rule_id]:,}", prose(one.why), subject(one.subject))
            for one in doubts
        ]
        yield from ("", "### Undetermined, by reason", "", *table(("rule", "cases", "why", "for example"), rows))
    if quiet.unjudged:
        unable = [(code(one.rule.id), one.rule.severity, prose(one.unjudged)) for one in quiet.unjudged]
        yield from ("", "### Rules that this log cannot answer", "", *table(("rule", "severity", "why"), unable))
    if quiet.undecided:
        yield from ("", f"Nothing but undetermined: {_named(quiet.undecided)}")
    if quiet.never:
        yield from ("", f"Never activated, though the log could have shown it: {_named(quiet.never)}")
    for when, outcomes in quiet.asleep.items():
        yield from ("", f"In force {when}, at no time that this log tells of: {_named(outcomes)}")


def log(audit: Audit) -> Iterator[str]:
    """What was read, rows that are no events, notes, and the source's own verdicts."""
    health = audit.log.health
    yield from ("", "## The log", "", f"{prose(summary(audit, verbose=True))}.")
    if lines := [f"- note: {prose(note)}" for note in audit.notes] + [f"- {prose(line)}" for line in told(audit)]:
        yield from ("", *lines)
    rows = [
        (what, prose(reason), f"{number:,}")
        for what, reasons in (("rejected", health.rejected), ("ignored", health.ignored))
        for reason, number in sorted(reasons.items())
    ]
    if rows:
        yield from ("", *table(("rows", "reason", "number"), rows))


def packs(audit: Audit) -> Iterator[str]:
    """The packs with their digests and disclaimers."""
    from auditor import __version__

    known = audit.ruleset.packs
    rows = [(prose(pack.title or pack.name), prose(f"{pack.name} {pack.version}"), code(pack.sha256)) for pack in known]
    yield from ("", "## Packs", "", *table(("pack", "version", "SHA-256 of its content"), rows))
    for text in dict.fromkeys(pack.disclaimer for pack in known if pack.disclaimer):
        yield from ("", f"> {prose(text)}")
    yardstick = "Not legal advice: a finding says what a log shows against a stated yardstick."
    yield from ("", f"Made by auditor {__version__}. {yardstick}")


def _named(outcomes: tuple[RuleOutcome, ...]) -> str:
    return ", ".join(code(one.rule.id) for one in outcomes)
