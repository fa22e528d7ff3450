"""The audit: log and rules in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.base.diagnostics import UnusableError
from auditor.base.suggest import did_you_mean
from auditor.results.audit import Audit, Inputs, RuleOutcome
from auditor.results.baseline import read_baseline
from auditor.results.force import in_force
from auditor.results.marks import Known, Marks
from auditor.results.options import SHOWN, VERDICTS, instant, severity, verdicts
from auditor.results.waivers import Waivers, read_waivers
from auditor.results.wording import iso_text
from auditor.rules.model import RuleSet

if TYPE_CHECKING:
    from auditor.log.log import Log

DEFAULT_RULES = "child-safety"


def check(
    log: Any,
    rules: Any = DEFAULT_RULES,
    mapping: Any = None,
    *,
    as_of: datetime | str | None = None,
    show: Sequence[str] = SHOWN,
    fail_on: str = "low",
    only: Sequence[str] = (),
    by: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    max_rejects: float = 0.001,
    memory: str | None = None,
    baseline: str | Path | Known | None = None,
    waivers: str | Path | Waivers | None = None,
    fail_on_new: bool = False,
) -> Audit:
    """Judge every activation of the rules on the log.

    `log` is a path, several paths, a DataFrame, an Ibis table or a loaded Log; `rules` a file, a folder, the name of a
    shipped pack, several of these, or a loaded RuleSet; `as_of` a moment with an offset or `now` (default: the end
    of the log).
    `baseline` is an earlier JSON result, `waivers` a file of waivers, or either as it was read; with `fail_on_new`
    only new violations count for the exit code.

    Raises UnusableError when there is nothing to audit or an option makes no sense, DiagnosticsError for mistakes in
    rules or mapping.
    """
    from auditor.engine import judge

    shown, bound, by = verdicts(show), severity(fail_on), tuple(dict.fromkeys(by))
    moment = instant(as_of) if as_of is not None else None
    known = read_baseline(baseline) if isinstance(baseline, str | Path) else baseline
    waived = read_waivers(waivers) if isinstance(waivers, str | Path) else waivers
    marks = Marks(known, waived)
    loaded = open_log(log, mapping, max_rejects=max_rejects, memory=memory)
    ruleset = open_rules(rules, loaded, settings or {}, only)
    if by:
        _known(by, loaded)
    judgement = judge(loaded, ruleset, as_of=moment, by=tuple(by))
    if judgement.set_aside >= loaded.health.events:
        raise UnusableError(
            "nothing-to-audit",
            f"all {loaded.health.events} events lie after the moment of judgement, {iso_text(judgement.as_of)}",
            help="choose a later --as-of, or check `observed_until` in the mapping",
        )
    said: dict[str, list[Mapping[str, Any]]] = {}
    for group in judgement.group_verdicts:
        said.setdefault(group["rule_id"], []).append(group)
    outcomes = tuple(
        RuleOutcome(
            rule,
            {verdict: judgement.counts.get(rule.id, {}).get(verdict, 0) for verdict in VERDICTS},
            judgement.unjudged.get(rule.id, ""),
            in_force(rule, loaded, judgement.as_of),
            groups=tuple(said.get(rule.id, ())),
        )
        for rule in ruleset.rules
    )
    groups = tuple(judgement.groups(tuple(by))) if by else ()
    inputs = Inputs(as_of.isoformat() if isinstance(as_of, datetime) else as_of, by)
    audit = Audit(ruleset, loaded, judgement, outcomes, shown, bound, groups, fail_on_new, inputs)
    return audit.marked(marks.known, marks.waivers) if marks else audit


def open_log(log: Any, mapping: Any, *, max_rejects: float = 0.001, memory: str | None = None) -> Log:
    """A loaded log with at least one event."""
    from auditor.log import load
    from auditor.log.log import Log

    loaded = log if isinstance(log, Log) else load(log, mapping, max_rejects=max_rejects, memory=memory)
    if not loaded.health.events:
        raise UnusableError(
            "nothing-to-audit",
            f"the log has no events ({loaded.health.rows} rows read)",
            help="check that the export is not empty and that the mapping names its columns",
        )
    return loaded


def open_rules(rules: Any, log: Log, settings: Mapping[str, str], only: Sequence[str]) -> RuleSet:
    """The rules, checked against what this log calls its events and fields."""
    from auditor.rules import load_rules

    if isinstance(rules, RuleSet):
        return rules
    specs = [rules] if isinstance(rules, str) or not isinstance(rules, Sequence) else list(rules)
    return load_rules(
        [str(spec) for spec in specs],
        settings=dict(settings),
        known_events=sorted({*log.names, *log.covers, *log.profile}),
        known_fields=log.fields,
        only=tuple(only),
    )


def _known(by: Sequence[str], log: Log) -> None:
    names = {*log.fields, "month", "day"}
    for name in by:
        if name not in names:
            raise UnusableError(
                "unknown-group", f"the log has no field `{name}` to group by", help=did_you_mean(name, names)
            )
