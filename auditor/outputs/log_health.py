"""What was read, and what was not: one line, or in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from auditor.outputs.formats import Look
from auditor.outputs.hostile import safe
from auditor.outputs.styles import columns

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def health(out: Console, audit: Audit, look: Look) -> None:
    """The log's health; warnings always, everything with `verbose`."""
    found = audit.log.health
    out.print()
    out.print(Text.assemble(("Log", "bold"), ": ", safe(summary(audit))))
    for note in found.notes:
        out.print(Text(f"  note: {safe(note)}", style="yellow"))
    if not look.verbose:
        return
    for word, reasons in (("rejected", found.rejected), ("ignored", found.ignored)):
        for reason, number in sorted(reasons.items()):
            out.print(Text(f"  {number:,} {word}: {safe(reason)}"))
    table = columns("event", "first", "last", numbers=("events",))
    for name, profile in sorted(audit.log.profile.items()):
        table.add_row(Text(safe(name)), f"{profile.first}", f"{profile.last}", f"{profile.count:,}")
    out.print(table)
    silent = sorted(audit.log.covers - set(audit.log.profile))
    if silent:
        out.print(Text(f"  recorded by the source, but never seen: {safe(', '.join(silent))}"))


def summary(audit: Audit) -> str:
    """One sentence."""
    found, judged = audit.log.health, audit.judgement
    parts = [f"{found.events:,} events from {found.rows:,} rows"]
    counts = {
        "rows rejected": sum(found.rejected.values()),
        "ignored": sum(found.ignored.values()),
        "duplicate events collapsed": judged.duplicates,
        "events after the moment of judgement set aside": judged.set_aside,
        "events with imprecise times": found.imprecise,
        "rows out of time order": found.out_of_order,
        "activations without a subject": sum(judged.subjectless.values()),
    }
    parts += [f"{number:,} {what}" for what, number in counts.items() if number or what == "rows rejected"]
    return ", ".join(parts)


def remarks(audit: Audit) -> str:
    """What a reader of machine output should still hear: the result, the log, warnings."""
    lines = [f"{conclusion(audit)}; {summary(audit)}", *(f"note: {note}" for note in audit.log.health.notes)]
    return "\n".join(lines)


def conclusion(audit: Audit) -> str:
    """The result in one sentence, with its denominators."""
    total = sum(outcome.activations for outcome in audit.outcomes)
    unjudged = sum(bool(outcome.not_judged) for outcome in audit.outcomes)
    text = (
        f"{audit.total('violated'):,} of {total:,} activations violated, {audit.total('undetermined'):,} undetermined"
    )
    text += f", {audit.total('pending'):,} pending"
    return text + (f"; {unjudged} of {len(audit.outcomes)} rules could not be judged" if unjudged else "")
