"""Rules as the page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.outputs.figures import COUNTS, grouped, standing
from auditor.rules import sentence

if TYPE_CHECKING:
    from auditor.results.audit import Audit


@dataclass(frozen=True)
class RuleEntry:
    """One rule: what it demands, why, by which source, and what came of it."""

    number: int  # by which the page knows the rule
    id: str
    title: str
    severity: str
    draft: bool
    sentence: str
    why: str
    basis: str
    refs: tuple[str, ...]
    verified: str
    pack: str
    subject_key: str
    counts: Mapping[str, int]
    activations: int
    groups: str  # `2 of 5 groups violated, 1 undetermined`
    not_judged: str
    listed: int  # findings on the page

    def told(self) -> dict[str, Any]:
        """What the page's script is told of the rule."""
        return {
            name: getattr(self, name)
            for name in ("id", "title", "severity", "draft", "sentence", "basis", "subject_key")
        }


def entries(audit: Audit, listed: Mapping[str, int]) -> list[RuleEntry]:
    """All rules, in their order; `listed`: findings on the page by rule."""
    packs = {pack.name: pack for pack in audit.ruleset.packs}
    found = []
    for number, outcome in enumerate(audit.outcomes):
        rule = outcome.rule
        pack = packs.get(rule.pack)
        found.append(RuleEntry(
            number=number, id=rule.id, title=rule.title or rule.id, severity=rule.severity, draft=rule.draft,
            sentence=sentence(rule), why=" ".join(rule.why.split()), basis=standing(rule), refs=rule.refs,
            verified=rule.verified, pack=f"{pack.name} {pack.version}" if pack else rule.pack,
            subject_key=", ".join(rule.per),
            counts={verdict: outcome[verdict] for verdict in COUNTS}, activations=outcome.activations,
            groups=grouped(outcome), not_judged=outcome.not_judged, listed=listed.get(rule.id, 0),
        ))  # fmt: skip
    return found
