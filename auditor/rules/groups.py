"""Measures and service levels: figures of groups, with bounds of the right kind."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.base.durations import Duration
from auditor.base.strict_yaml import Node
from auditor.base.suggest import did_you_mean
from auditor.rules.faults import Path
from auditor.rules.lengths import Lengths
from auditor.rules.model import Measure, Obligation, ServiceLevel
from auditor.rules.names import Pack, Page
from auditor.rules.patterns import Patterns
from auditor.rules.shapes import MeasureShape, ServiceLevelShape
from auditor.rules.shares import is_share, parse_share

CALENDAR_GROUPS = ("month", "day")
SHARE = "share"
Bound = str | int | float | None


def build_measure(shape: MeasureShape, patterns: Patterns, lengths: Lengths) -> Obligation:
    """The obligation `measure`; the rule's `when` is made from its `from` elsewhere."""
    page, node = patterns.page, patterns.node.at(("measure",))
    within = _elapsed(shape.within, ("measure", "within"), lengths)
    if shape.statistic == SHARE and shape.within is None:
        page.report(
            "no-bound", "a share is that of the times within a limit", node, "write `within: 24h`", key="statistic"
        )
    elif shape.statistic != SHARE and shape.within is not None:
        help = f"bound the {shape.statistic} with `at_most`, or write `statistic: share`"
        page.report("bad-bounds", f"`within` has no meaning for the {shape.statistic}", node, help, key="within")
    most = _bound(shape.at_most, "at_most", shape.statistic, lengths)
    least = _bound(shape.at_least, "at_least", shape.statistic, lengths)
    if shape.at_most is None and shape.at_least is None:
        page.report("no-bound", "`measure` needs a bound", patterns.node, "write `at_most: 24h`", key="measure")
    if most is not None and least is not None and most < least:
        help = "no figure lies between them"
        page.report("bad-bounds", "`at_most` is less than `at_least`", node.at(("at_most",)), help)
    measure = Measure(
        end=patterns.pattern(shape.to, ("measure", "to"), trigger=True),
        statistic=shape.statistic,
        within=within,
        at_most=most,
        at_least=least,
        by=_groups(shape.by, ("measure", "by"), patterns),
        minimum=shape.minimum,
        leave_out=patterns.optional(shape.leave_out, ("measure", "leave_out"), trigger=False),
    )
    return Obligation("measure", measure=measure)


def build_service_level(shape: ServiceLevelShape, patterns: Patterns) -> ServiceLevel:
    """The share that must be met."""
    share = _share(shape.share, patterns.node.at(("service_level", "share")), patterns.pack, patterns.page)
    return ServiceLevel(share or 0.0, _groups(shape.by, ("service_level", "by"), patterns), shape.minimum)


def _bound(value: Bound, key: str, statistic: str, lengths: Lengths) -> float | None:
    """A bound in seconds or, of a share, as a fraction of 1."""
    if value is None:
        return None
    node, page = lengths.node.at(("measure", key)), lengths.page
    if statistic == SHARE:
        return _share(value, node, lengths.pack, page)
    if not isinstance(value, str):
        page.report("bad-duration", f"`{value}` has no unit", node, f"write `{value}h` or `{value} min`")
        return None
    if is_share(value):
        help = f"bound the {statistic} with a duration such as `24h`, or write `statistic: share`"
        page.report("bad-bounds", f"`{value}` is a share; the {statistic} is a length of time", node, help)
        return None
    found = _elapsed(value, ("measure", key), lengths)
    return None if found is None else float(found.seconds)


def _elapsed(text: str | None, path: Path, lengths: Lengths) -> Duration | None:
    """A length that can be compared with a figure."""
    found = lengths.duration(text, path)
    if found is None or not found.calendar:
        return found
    node, help = lengths.node.at(path), f"write hours, such as `{24 * found.days or 720}h`"
    lengths.page.report(
        "expr-calendar", f"`{found}` has no fixed length, so no figure can be compared with it", node, help
    )
    return None


def _share(value: Bound, node: Node, pack: Pack, page: Page) -> float | None:
    text = str(value).strip()
    name = text.removeprefix("params.")
    if name != text and name in pack.parameters:
        pack.used.add(f"params.{name}")
        text = pack.parameters[name].text
    elif name != text:
        if f"params.{name}" not in pack.broken:
            help = did_you_mean(name, pack.parameters) or "the pack has no `parameters`"
            page.report("unknown-parameter", f"there is no parameter `{name}` in this pack", node, help)
        return None
    try:
        return parse_share(text)
    except ValueError as error:
        page.report("bad-share", f"`{text}` is not a share", node, str(error))
        return None


def _groups(names: Sequence[str] | None, path: Path, patterns: Patterns) -> tuple[str, ...]:
    node = patterns.node.at(path)
    items = node.value if isinstance(node.value, list) else [node]
    known = {*patterns.pack.known.fields, *CALENDAR_GROUPS}
    patterns.pack.used |= {f"fields.{name}" for name in names or ()}
    for name, item in zip(names or (), items, strict=False):
        if name not in known:
            help = did_you_mean(name, known) or "name a field, `month` or `day`"
            patterns.page.report("unknown-field", f"there is no field `{name}` to group by", item, help)
    if len(set(names or ())) < len(names or ()):
        patterns.page.report("duplicate-value", "`by` names a field twice", node, "remove one of them")
    return tuple(names or ())
