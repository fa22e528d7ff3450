"""t ⊕ D and t ⊖ D on clocks that stand while something is awaited, against the direct evaluator, at every level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import ibis
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.base.diagnostics import Place
from auditor.base.durations import Duration
from auditor.engine.facts import Facts
from auditor.engine.limits import Limits
from auditor.engine.plans.rows import REPEATS, Bits, Group, narrow
from auditor.engine.values import resolve
from auditor.log.schema import Field
from auditor.rules.model import Kind, NamedClock, Obligation, Pattern, Pause, Rule
from tests.engine.support import connection, engine_log
from tests.reference import Event, lengths
from tests.reference.activations import Activation, Audit, starts_later
from tests.reference.doubt import LEVELS, Doubt
from tests.reference.stretches import BEGINNING, FOREVER
from tests.reference.values import Story, counted_once, known_at, moment_of_judgement
from tests.strategies import LogCase, logs
from tests.strategies.alphabet import BASES
from tests.strategies.rules import patterns

OFFICE = (((9 * 3600, 17 * 3600),),) * 5 + ((), ())
NIGHT = (((0, 3 * 3600), (20 * 3600, 86_400)),) * 7
KINDS: tuple[Kind, ...] = ("followed_by", "not_preceded_by", "accompanied_by")
LENGTHS = [Duration(seconds=s) for s in (0, 1, 3600, 8 * 3600, 30 * 3600)]
CALENDAR = [Duration(days=1), Duration(months=1)]


def made_rule(name: str, kind: Kind, within: Duration, per: tuple[str, ...], clock: NamedClock) -> Rule:
    target = Pattern(("decision.made",))
    return Rule(name, name, "low", target, Obligation(kind, target, within=within), Place("made"), per=per, clock=clock)


@st.composite
def clocks(draw: st.DrawFn, base: datetime, name: str, fields: Mapping[str, Field]) -> NamedClock:
    """Clocks that keep hours, pause, or both."""
    hours = draw(st.sampled_from([(), (), OFFICE, NIGHT]))
    closed = draw(st.sampled_from([(), (), (base.date(),)]))
    zone = draw(st.sampled_from(["UTC", "Europe/Paris"]))
    pause = st.builds(Pause, patterns(base, fields=fields), patterns(base, fields=fields))
    pauses = draw(st.lists(pause, min_size=0 if hours else 1, max_size=2))
    return NamedClock(name, zone, hours, (), closed, tuple(pauses))


@st.composite
def cases(draw: st.DrawFn) -> tuple[LogCase, tuple[Rule, ...]]:
    """A log without copies, and rules whose clocks know its events."""
    base = draw(st.sampled_from(BASES))
    case = draw(logs(base, duplicates=False, max_events=12))
    moment = moment_of_judgement(case.as_of, case.observed_until)
    events = tuple(counted_once(known_at(case.events, moment)))
    assume(events)
    found = []
    for number in range(draw(st.integers(1, 3))):
        clock = draw(clocks(base, f"clock {number}", case.fields))
        plain = clock.pauses and not (clock.hours or clock.closed)
        options = LENGTHS + CALENDAR if plain else LENGTHS + CALENDAR[:1] if not clock.pauses else LENGTHS
        per = draw(st.sampled_from([("report_id",), ("content_id",), ("content_id", "report_id")]))
        assume(set(per) <= set(case.fields))
        kind, within = draw(st.sampled_from(KINDS)), draw(st.sampled_from(options))
        found.append(made_rule(f"rule {number}", kind, within, per, clock))
    return replace(case, events=events), tuple(found)


Answer = dict[str, Any]


def by_engine(case: LogCase, rules: tuple[Rule, ...]) -> dict[tuple[int, str], Answer]:
    """For each rule and event the ends of its window by (end, level); the patterns of pauses stand in rules of their
    own, so that the rows know them."""
    log = engine_log(case)
    facts = Facts(log, moment_of_judgement(case.as_of, case.observed_until))
    fields = [field for field in log.fields.values() if field.name in log.events.columns]
    events = resolve(log.events, fields).mutate(**{REPEATS: ibis.literal(1, "int64")})
    groups = []
    for number, rule in enumerate(rules):
        ends = [p for pause in rule.clock.pauses for p in (pause.start, pause.end)] if rule.clock else []
        told = tuple(
            replace(rule, id=f"{rule.id} {i}", when=pattern, clock=None)
            for i, pattern in enumerate([*ends, Pattern(None)])
        )
        groups.append(Group(number, rule.per, told, events, {}))
    bits = Bits.for_rules(rule for group in groups for rule in group.rules)
    connection().raw_sql("DROP TABLE IF EXISTS temp.pause_rows")
    rows = connection().create_table("pause_rows", narrow(facts, groups, bits, ["report_id"]), temp=True)
    limits = Limits(facts, rules, {rule.id: number for number, rule in enumerate(rules)}, rows, bits)
    active = rows.mutate(rule=rows.grp.cast("int64"))
    found = limits.table(active).rename(found_rule="rule", found_row="row")
    table = active.inner_join(found, [("rule", "found_rule"), ("row", "found_row")]).view()
    asked = {
        f"{end} {level:d} {side}": limits.ends(table, end, level)[side]
        for end in ("lo", "due")
        for level in LEVELS
        for side in (0, 1)
    }
    records = connection().to_pyarrow(table.select("rule", "place", **asked)).to_pylist()
    names = {event.place: event.identity for event in case.events}
    return {(record["rule"], names[record["place"]]): record for record in records}


def expected(case: LogCase, rule: Rule, event: Event, level: Doubt) -> Answer:
    """What the direct evaluator says of one event."""
    story = Story(case.events, case.fields)
    moment = moment_of_judgement(case.as_of, case.observed_until)
    audit = Audit(story, case.covers, case.observed_from, moment)
    subject = story.subject(event, rule.per)
    same = [e for e in case.events if subject is not None and story.subject(e, rule.per) == subject]
    others = tuple(e for e in same if e.identity != event.identity)
    activation = Activation(audit, rule, event, subject, others, Doubt.NONE)
    if level == Doubt.START and subject is not None and not starts_later(audit, rule, activation.members):
        return {}  # the caller of the engine takes the level below
    within = rule.obligation.within
    assert within is not None
    before, after = lengths.before(activation, level, within), lengths.after(activation, level, within)
    answer: Answer = {}
    for end, interval in (("lo", before), ("due", after)):
        for side, at in enumerate((interval.earliest, interval.latest)):
            answer[f"{end} {level:d} {side}"] = None if at in (BEGINNING, FOREVER) else at
    kind = rule.obligation.kind
    ends = {"followed_by": ("due",), "not_preceded_by": ("lo",)}.get(kind, ("lo", "due"))
    return {name: at for name, at in answer.items() if name.startswith(ends)}


@settings(max_examples=25, deadline=None)
@given(cases())
def test_limits_agree_with_the_direct_evaluator_at_every_level(made: tuple[LogCase, tuple[Rule, ...]]) -> None:
    case, rules = made
    found = by_engine(case, rules)
    for number, rule in enumerate(rules):
        for event in case.events:
            for level in LEVELS:
                for name, at in expected(case, rule, event, level).items():
                    told = found[number, event.identity][name]
                    assert told == at, f"{rule.id} {event} {name}: {told}, expected {at}"
