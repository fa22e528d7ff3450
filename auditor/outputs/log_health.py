"""What was read, and what was not: one line, or in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from auditor.outputs.asserted import told
from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.styles import columns
from auditor.results.wording import iso_text

if TYPE_CHECKING:
    from auditor.results.audit import Audit
    from auditor.results.marks import Comparison

SUSPICIOUS = 10  # findings that are resolved at once, while none continues


def health(out: Console, audit: Audit, look: Look) -> None:
    """The log's health; warnings always, everything with `verbose`."""
    found = audit.log.health
    out.print()
    out.print(Text.assemble(("Log", "bold"), ": ", safe(summary(audit, look.verbose))))
    for note in audit.notes:
        out.print(Text(f"  note: {safe(note)}", style="yellow"))
    if not look.verbose:
        return
    for word, reasons in (("rejected", found.rejected), ("ignored", found.ignored)):
        for reason, number in sorted(reasons.items()):
            out.print(Text(f"  {number:,} {word}: {safe(reason)}"))
    table = columns("event", "first", "last", numbers=("events",))
    for name, profile in sorted(audit.log.profile.items()):
        table.add_row(Text(safe(name)), iso_text(profile.first), iso_text(profile.last), f"{profile.count:,}")
    out.print(table)
    silent = sorted(audit.log.covers - set(audit.log.profile))
    if silent:
        out.print(Text(f"  recorded by the source, but never seen: {safe(', '.join(silent))}"))


def summary(audit: Audit, verbose: bool = False) -> str:
    """One sentence; `verbose` counts what costs time to count."""
    found, judged = audit.log.health, audit.judgement
    counts = (
        (sum(found.rejected.values()), "row", "rejected"),
        (sum(found.ignored.values()), "row", "ignored"),
        (judged.duplicates, "duplicate event", "collapsed"),
        (judged.set_aside, "event", "after the moment of judgement set aside"),
        (found.imprecise, "event", "with imprecise times"),
        (audit.out_of_order if verbose else found.out_of_order or 0, "row", "out of time order"),
        (sum(judged.subjectless.values()), "activation", "without a subject"),
    )
    parts = [f"{_many(found.events, 'event')} from {_many(found.rows, 'row')}"]
    parts += [f"{_many(number, what)} {how}" for number, what, how in counts if number or how == "rejected"]
    return ", ".join(parts)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def remarks(audit: Audit) -> str:
    """What a reader of machine output should still hear: the result, the log, warnings."""
    lines = [f"{conclusion(audit)}; {summary(audit)}", *(f"note: {note}" for note in audit.notes)]
    lines += told(audit)
    if audit.comparison is not None:
        lines.append(f"compared with {compared(audit.comparison)}")
    return "\n".join(lines)


def compared(comparison: Comparison) -> str:
    """What an audit was compared with, and how many findings are new, continue, are resolved."""
    told = (
        f"{comparison.source}: {comparison.new:,} new, {comparison.continuing:,} continuing, "
        f"{comparison.resolved:,} resolved"
    )
    if comparison.recorded:
        told += f"; this is run {comparison.recorded.run}"
    broken = comparison.resolved >= SUSPICIOUS and not comparison.continuing
    return f"{told}; nothing continues: is this the log that follows the one before?" if broken else told


def conclusion(audit: Audit) -> str:
    """The result in one sentence, with its denominators."""
    total = sum(outcome.activations for outcome in audit.counted)
    unjudged = sum(bool(outcome.not_judged) for outcome in audit.counted)
    text = (
        f"{audit.total('violated'):,} of {total:,} activations violated, {audit.total('undetermined'):,} undetermined"
    )
    text += f", {audit.total('pending'):,} pending"
    if groups := sum(len(outcome.groups) for outcome in audit.counted):
        text += f"; {audit.grouped('violated'):,} of {_many(groups, 'group')} violated"
        text += f", {audit.grouped('undetermined'):,} undetermined"
    if waived := sum(outcome.waived for outcome in audit.counted):
        text += f"; {waived:,} of the violated ones waived"
    if drafts := len(audit.outcomes) - len(audit.counted):
        text += f"; {_many(drafts, 'draft rule')} not counted"
    asleep = sum(not outcome.in_force and outcome.silent for outcome in audit.counted)
    for number, what in ((asleep, "were in force at no time of the log"), (unjudged, "could not be judged")):
        text += f"; {number} of {len(audit.counted)} rules {what}" if number else ""
    return text
