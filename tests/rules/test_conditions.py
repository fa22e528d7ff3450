"""Conditions: what each form means, and that no text whatever can break the reader."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.base.durations import Duration
from auditor.log.schema import Field
from auditor.rules.conditions import compile_condition
from auditor.rules.expressions import (
    And,
    Arithmetic,
    Call,
    Column,
    Compare,
    Expr,
    IsNone,
    Literal_,
    Member,
    Not,
    Or,
    Type,
    columns,
    type_of,
)
from auditor.rules.names import Known, NamedList, Pack, Parameter

FURTHER = {"deadline": Field("deadline", "instant"), "score": Field("score", "number"), "catégorie": Field("catégorie")}
CSAM, GROOMING = Literal_("csam", "text"), Literal_("grooming", "text")
PACK = Pack(
    "p",
    "1",
    "Europe/Paris",
    Known.of(["custom.event"], FURTHER),
    {
        "limit": Parameter("limit", "duration", Duration(seconds=86400), "24h"),
        "many": Parameter("many", "number", 3, "3"),
        "who": Parameter("who", "text", "NCMEC", "NCMEC"),
    },
    {"sexual": NamedList("sexual", (CSAM, GROOMING), lambda *_: None)},
)


def column(name: str, type: Type = "text", trigger: bool = False) -> Column:
    return Column(name, type, trigger)


def number(value: float) -> Literal_:
    return Literal_(value, "number")


CATEGORY, MINOR, VIEWS = column("category"), column("minor_involved", "bool"), column("views", "number")
TIME, DEADLINE = column("time", "instant"), column("deadline", "instant")
DAY = Literal_(Duration(seconds=86400), "duration")
MAY = Literal_(datetime(2024, 5, 6, 22), "instant")  # midnight of 7 May in Paris

FORMS: list[tuple[str, Expr]] = [
    ("minor_involved", MINOR),
    ("not minor_involved", Not(MINOR)),
    ("minor_involved == false", Compare("==", MINOR, Literal_(False, "bool"))),
    ("minor_involved == True", Compare("==", MINOR, Literal_(True, "bool"))),
    ("true", Literal_(True, "bool")),
    ('category == "csam"', Compare("==", CATEGORY, CSAM)),
    ("'csam' != category", Compare("!=", CSAM, CATEGORY)),
    ('recipient == "it\'s"', Compare("==", column("recipient"), Literal_("it's", "text"))),
    (r'recipient == "a\\b\"c"', Compare("==", column("recipient"), Literal_('a\\b"c', "text"))),
    ("category in lists.sexual", Member(CATEGORY, (CSAM, GROOMING))),
    ('category not in ["csam", "grooming",]', Not(Member(CATEGORY, (CSAM, GROOMING)))),
    ('category in ("csam",)', Member(CATEGORY, (CSAM,))),
    ("views in [1, 2.5, -3]", Member(VIEWS, (number(1), number(2.5), number(-3)))),
    ('time in ["2024-05-07"]', Member(TIME, (MAY,))),
    ("category is None", IsNone(CATEGORY)),
    ("category is not None", Not(IsNone(CATEGORY))),
    ("not category is None", Not(IsNone(CATEGORY))),
    ("1 < views <= 5", And((Compare("<", number(1), VIEWS), Compare("<=", VIEWS, number(5))))),
    (
        "views * 2 + 1 > -3",
        Compare(">", Arithmetic("+", Arithmetic("*", VIEWS, number(2), "number"), number(1), "number"), number(-3)),
    ),
    ("-views < 0", Compare("<", Arithmetic("-", number(0), VIEWS, "number"), number(0))),
    ("views >= params.many", Compare(">=", VIEWS, number(3))),
    ("score < 0.5", Compare("<", column("score", "number"), number(0.5))),
    ("recipient == params.who", Compare("==", column("recipient"), Literal_("NCMEC", "text"))),
    ('time >= "2024-05-07"', Compare(">=", TIME, MAY)),
    ('"2024-05-07T00:00:00+02:00" <= time', Compare("<=", MAY, TIME)),
    ('time <= deadline + "24h"', Compare("<=", TIME, Arithmetic("+", DEADLINE, DAY, "instant"))),
    ("time - params.limit > deadline", Compare(">", Arithmetic("-", TIME, DAY, "instant"), DEADLINE)),
    ("params.limit + deadline < time", Compare("<", Arithmetic("+", DEADLINE, DAY, "instant"), TIME)),
    (
        "time < deadline + 2 * params.limit",
        Compare("<", TIME, Arithmetic("+", DEADLINE, Literal_(Duration(seconds=172800), "duration"), "instant")),
    ),
    ("actor != trigger.actor", Compare("!=", column("actor"), column("actor", trigger=True))),
    ("trigger.minor_involved", column("minor_involved", "bool", True)),
    ("trigger.category is None", IsNone(column("category", trigger=True))),
    (
        "hours_between(trigger.time, time) > 24",
        Compare(">", Call("hours_between", (column("time", "instant", True), TIME), "number"), number(24)),
    ),
    ('hours_between("2024-05-07", time) > 24', Compare(">", Call("hours_between", (MAY, TIME), "number"), number(24))),
    (
        'lower(recipient) == "ncmec"',
        Compare("==", Call("lower", (column("recipient"),), "text"), Literal_("ncmec", "text")),
    ),
    (
        'startswith(lower(template), "a")',
        Call("startswith", (Call("lower", (column("template"),), "text"), Literal_("a", "text")), "bool"),
    ),
    ("contains(template, params.who)", Call("contains", (column("template"), Literal_("NCMEC", "text")), "bool")),
    (
        r'matches(template, r"^closed-\d+$")',
        Call("matches", (column("template"), Literal_(r"^closed-\d+$", "text")), "bool"),
    ),
    ('catégorie == "ü"', Compare("==", column("catégorie"), Literal_("ü", "text"))),
    ("minor_involved and automated and is_test", And((MINOR, column("automated", "bool"), column("is_test", "bool")))),
    (
        "minor_involved or\n  automated and is_test",
        Or((MINOR, And((column("automated", "bool"), column("is_test", "bool"))))),
    ),
]


@pytest.mark.parametrize(("text", "tree"), FORMS, ids=[text for text, _ in FORMS])
def test_a_form_has_its_meaning(text: str, tree: Expr) -> None:
    expr, faults = compile_condition(text, PACK, trigger=True)
    assert faults == []
    assert expr == tree


_WORDS = r"""
minor_involved views category "csam" 3 "24h" trigger.actor lists.sexual params.limit time deadline None true
( ) [ ] , and or not in is == != < + - * lower matches hours_between . = 24h r"\d" ' \ é
"""
_PIECES = (*_WORDS.split(), "\n", "\0")
_NOT_RE2 = r"(?<=a)b (?<!a)b (?!a) (?P<n>a)(?P=n) (?>a) a*+ a++ a{2}+ (?(1)a|b) a\Z a{1001} (?#x) (?a:x) ( [z-a] [a"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join)), st.booleans())
@example("not " * 400 + "minor_involved", False)
@example("-" * 1900 + "views > 1", False)
@example("views" + " + views" * 200 + " > 1", False)
@example("lower(" * 300 + "actor" + ")" * 300, False)
@example("a" + ".b" * 900, False)
@example("a" + "()" * 900, False)
@example("1 < " * 450 + "views", False)
@example("[" * 1000, False)
@example("a == '" + "\\" * 1900, False)
@example("0,0", True)
@example("ª", True)
@example("a\ufeff", True)
def test_no_text_breaks_the_reader(text: str, trigger: bool) -> None:
    expr, faults = compile_condition(text, PACK, trigger=trigger)
    assert (expr is None) == bool(faults)
    assert all(0 <= fault.start < fault.end <= len(text) + 1 for fault in faults)
    if expr is not None:
        assert type_of(expr) == "bool"
        assert trigger or not any(named.trigger for named in columns(expr))


@pytest.mark.parametrize("pattern", _NOT_RE2.split())
def test_patterns_beyond_re2_are_refused(pattern: str) -> None:
    expr, faults = compile_condition(f'matches(template, r"{pattern}")', PACK, trigger=False)
    assert expr is None
    assert [fault.code for fault in faults] == ["expr-pattern"]


@pytest.mark.parametrize(
    "pattern", [r"^a\+\+$", r"\\1", "(?i)abc", "(?P<n>a)", "a{2,1000}", r"\bword\b", "[a-z*+]+", "é"]
)
def test_patterns_of_re2_are_accepted(pattern: str) -> None:
    expr, _ = compile_condition(f'matches(template, r"{pattern}")', PACK, trigger=False)
    assert isinstance(expr, Call)


def test_a_text_is_the_same_in_every_layout() -> None:
    flat, _ = compile_condition('minor_involved and category == "csam"', PACK, trigger=False)
    folded, _ = compile_condition(' minor_involved\n   and\tcategory\n== "csam"\n', PACK, trigger=False)
    assert flat == folded


def test_every_fault_of_a_condition_is_told() -> None:
    text = 'viws > 3 and category == "csma" or lower(acto) in lists.sexul'
    _, faults = compile_condition(text, PACK, trigger=False)
    assert [(fault.code, text[fault.start : fault.end]) for fault in faults] == [
        ("unknown-field", "viws"),
        ("unknown-value", '"csma"'),
        ("unknown-field", "acto"),
        ("unknown-list", "lists.sexul"),
    ]
