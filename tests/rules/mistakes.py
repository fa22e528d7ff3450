"""Every mistake that a rule file can hold, with its code; ‸ marks where the caret must stand."""

from __future__ import annotations

from typing import NamedTuple

MARK = "‸"
HEAD = """\
pack: p
version: "1"
parameters: {limit: 24h, calendar: 2 days, many: 3, who: NCMEC}
lists: {sexual: [csam, grooming], numbers: [1, 2]}
rules:
"""


class Mistake(NamedTuple):
    """A file (with HEAD unless it begins with `pack` or is whole), the code of its mistake, and a part of the help."""

    text: str
    code: str
    help: str = ""
    whole: bool = False

    @property
    def marked(self) -> str:
        return self.text if self.whole else HEAD + self.text

    @property
    def yaml(self) -> str:
        return self.marked.replace(MARK, "")

    @property
    def place(self) -> tuple[int, int]:
        before = self.marked.partition(MARK)[0]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def rule(rest: str) -> str:
    return f"  - {{id: a, when: report.received, {rest}}}\n"


def where(condition: str) -> str:
    return f"  - {{id: a, when: {{event: report.received, where: {condition}}}, assert: minor_involved}}\n"


def quoted(condition: str) -> str:
    """A condition in single quotes."""
    return where("'" + condition.replace("'", "''") + "'")


def target(rest: str) -> str:
    return rule(f"followed_by: {{event: report.closed, {rest}}}")


def test(rest: str) -> str:
    return rule(f"assert: minor_involved, tests: [{{name: t, {rest}}}]")


SHAPE = [
    Mistake("  - {id: a, ‸whn: report.received, assert: minor_involved}\n", "unknown-key", "did you mean `when`?"),
    Mistake(rule("accompanied_by: {event: report.closed, ‸witin: 1h}"), "unknown-key", "did you mean `within`?"),
    Mistake(rule("‸folowed_by: report.closed"), "unknown-key", "did you mean `followed_by`?"),
    Mistake(target("‸with_in: 24h"), "unknown-key", "did you mean `within`?"),
    Mistake(target("within: 24h, ‸treshold: 3"), "unknown-key", "known: "),
    Mistake(rule("assert: minor_involved, ‸levle: high"), "unknown-key", "known: "),
    Mistake(rule("assert: minor_involved, ‸at_most: 3"), "unknown-key", "inside `count` or `measure`"),
    Mistake(rule("assert: minor_involved, ‸due: trigger.time"), "unknown-key", "inside `followed_by"),
    Mistake(rule("assert: minor_involved, ‸clocks: {}"), "unknown-key", "top of the file"),
    Mistake(rule("assert: minor_involved, ‸disable: true"), "unknown-key"),
    Mistake(rule("followed_by: {event: report.closed, within: 1h}, ‸nth: 3"), "unknown-key", "inside `when"),
    Mistake(rule("followed_by: report.closed, ‸within: 24h"), "unknown-key", "inside the obligation"),
    Mistake(rule("preceded_by: {event: report.closed, ‸before: next}"), "unknown-key"),
    Mistake(rule("assert: minor_involved, basis: {kind: law, ‸deadlin: operator}"), "unknown-key", "`deadline`"),
    Mistake(rule("assert: minor_involved, ‸timezone: UTC"), "unknown-key", "top of the file"),
    Mistake("  - ‸{id: a, assert: minor_involved}\n", "missing-key", "when: report.received"),
    Mistake("  - ‸{when: report.received, assert: minor_involved}\n", "missing-key", "stable name"),
    Mistake(rule("accompanied_by: ‸report.closed"), "missing-key", "within: 24h"),
    Mistake(rule("assert: minor_involved, severity: ‸hihg"), "bad-value", "did you mean `high`?"),
    Mistake(rule("assert: minor_involved, basis: {kind: ‸lax}"), "bad-value", "did you mean `law`?"),
    Mistake(rule("assert: minor_involved, per: ‸report"), "bad-value", "did you mean `report_id`?"),
    Mistake("  - {id: a, when: {event: report.received, nth: ‸0}, assert: minor_involved}\n", "bad-value"),
    Mistake("  - {id: ‸a b, when: report.received, assert: minor_involved}\n", "bad-name", "letters"),
    Mistake("  - ‸x\n", "wrong-type", "begin it with `- id"),
    Mistake(rule("assert: minor_involved, title: ‸3"), "wrong-type", "in quotes"),
    Mistake(rule("assert: ‸3"), "wrong-type"),
    Mistake(rule("assert: minor_involved, refs: ‸[]"), "empty-value"),
    Mistake(rule("assert: minor_involved, jurisdiction: [US, ‸~]"), "empty-value"),
    Mistake(rule("assert: minor_involved, ‸title: "), "empty-value"),
    Mistake("  - {id: a, when: {‸event: }, assert: minor_involved}\n", "empty-value"),
    Mistake(where("‸~"), "empty-value", "leave the key out"),
    Mistake(rule("assert: minor_involved, per: ‸[report_id, report_id]"), "duplicate-value"),
    Mistake(rule("preceded_by: ‸[report.closed, report.closed]"), "duplicate-value"),
    Mistake("  - {‸id: a, when: report.received}\n", "no-obligation", "write one of assert"),
    Mistake(rule("assert: minor_involved, ‸preceded_by: report.closed"), "several-obligations", "one rule for each"),
    Mistake(rule("‸followed_by: report.closed"), "no-bound", "within: 24h"),
    Mistake(
        rule("assert: minor_involved") + "  - {id: ‸a, when: report.closed, assert: minor_involved}\n", "duplicate-rule"
    ),
]

NAMES = [
    Mistake("  - {id: a, when: ‸report.recieved, assert: minor_involved}\n", "unknown-event", "`report.received`"),
    Mistake(rule("preceded_by: [report.received, ‸report.closd]"), "unknown-event", "`report.closed`"),
    Mistake(target("before: ‸nxt"), "unknown-event", "`next`"),
    Mistake(rule("assert: minor_involved, unless: ‸reprt.closed"), "unknown-event", "`report.closed`"),
    Mistake(target("within: ‸24hh"), "bad-duration", "unknown unit `hh`"),
    Mistake(target("within: ‸soon"), "bad-duration", "a whole number and a unit"),
    Mistake(target("within: ‸24"), "bad-duration", "`24h`"),
    Mistake(target("within: ‸params.who"), "bad-duration", "give the parameter a duration"),
    Mistake(target("within: ‸params.limt"), "unknown-parameter", "`limit`"),
    Mistake(rule("assert: minor_involved, effective: {from: ‸07/05/2024}"), "bad-instant", "2024-05-07"),
    Mistake(rule("assert: minor_involved, effective: {from: ‸2024-02-30}"), "bad-instant"),
    Mistake(rule("assert: minor_involved, effective: {to: ‸2024-02-03T10:00:00}"), "bad-instant", "offset"),
    Mistake(rule("assert: minor_involved, effective: {from: 2024-05-07, to: ‸2024-05-07}"), "effective-empty"),
    Mistake(rule("assert: minor_involved, ‸effective: {}"), "effective-empty", "leave it out"),
]

CONDITIONS = [
    Mistake(quoted("‸minor_involvd"), "unknown-field", "did you mean `minor_involved`?"),
    Mistake(quoted("minor_involved and ‸actorr == 'x'").replace("''x''", '"x"'), "unknown-field", "`actor`"),
    Mistake(quoted("decision == ‸violation"), "unknown-field", 'decision == "violation"'),
    Mistake(quoted("decision == ‸null"), "unknown-field", "`None`"),
    Mistake(where("{‸recipent: x}"), "unknown-field", "`recipient`"),
    Mistake(quoted('‸event == "x"'), "reserved-field", "`event:`"),
    Mistake(where("{‸source_file: x}"), "reserved-field"),
    Mistake(quoted("time_latest > time").replace("time_l", "‸time_l"), "reserved-field", "`time`"),
    Mistake(quoted('category == ‸"csma"'), "unknown-value", "did you mean `csam`?"),
    Mistake(quoted('category in ["csam", ‸"csma"]'), "unknown-value", "`csam`"),
    Mistake(where("{category: [csam, ‸csma]}"), "unknown-value", "`csam`"),
    Mistake(quoted("category in ‸lists.sexul"), "unknown-list", "`sexual`"),
    Mistake(where("{category: ‸lists.sexul}"), "unknown-list", "`sexual`"),
    Mistake(quoted("views > ‸params.mny"), "unknown-parameter", "`many`"),
    Mistake(quoted("‸hours_betwen(time, time) > 24"), "unknown-function", "`hours_between`"),
    Mistake(quoted('‸recipient.lower() == "x"'), "unknown-function"),
    Mistake(quoted("‸hours_between(time) > 24"), "expr-arguments", "hours_between(trigger.time, time)"),
    Mistake(quoted("‸trigger.actor == actor"), "trigger-here", "write `actor`"),
    Mistake(rule("assert: actor == ‸trigger.actor"), "trigger-here"),
    Mistake(quoted("‸recipient == None"), "expr-none", "`is None`"),
    Mistake(quoted("‸None != recipient"), "expr-none", "`is not None`"),
    Mistake(quoted('category is ‸"csam"'), "expr-none", "`==`"),
    Mistake(quoted("‸lower(recipient) is None"), "expr-none", "field is None"),
    Mistake(quoted('decision ‸= "partial"'), "expr-operator", "`==`"),
    Mistake(quoted("minor_involved ‸&& automated"), "expr-operator", "`and`"),
    Mistake(quoted("minor_involved ‸|| automated"), "expr-operator", "`or`"),
    Mistake(where('"‸!minor_involved"'), "expr-operator", "`not`"),
    Mistake(quoted("views ‸/ 2 > 1"), "expr-operator", "operators:"),
    Mistake(quoted("views ‸** 2 > 1"), "expr-operator"),
    Mistake(quoted("‸recipient"), "expr-type", "recipient is not None"),
    Mistake(quoted('‸views > "3"'), "expr-type", "without quotes"),
    Mistake(quoted("1 < views and ‸recipient == 3"), "expr-type", "in quotes"),
    Mistake(quoted('1 < ‸views < "5"'), "expr-type"),
    Mistake(quoted('‸recipient < "x"'), "expr-type", "only == and !="),
    Mistake(quoted('category in ‸"csam"'), "expr-type", 'in ["csam"]'),
    Mistake(quoted("‸time - time > 3"), "expr-type", "hours_between"),
    Mistake(quoted("‸hours_between(time, time) > params.limit"), "expr-type", "number of hours"),
    Mistake(quoted("‸-recipient == 3"), "expr-type"),
    Mistake(quoted("contains(template, ‸actor)"), "expr-type", "contains("),
    Mistake(quoted("views in ‸lists.sexual"), "expr-type"),
    Mistake(quoted('category in ["csam", ‸3]'), "expr-type", "in quotes"),
    Mistake(where('{is_test: ‸"no"}'), "expr-type", "true or false"),
    Mistake(where("{channel: [a, ‸~]}"), "expr-type"),
    Mistake(quoted('time > ‸"2024-05-07T00:00:00"'), "expr-instant"),
    Mistake(quoted('time + ‸"24hh" > "2024-05-07"'), "bad-duration", "unknown unit"),
    Mistake(quoted('time + ‸"1 day" > "2024-05-07"'), "expr-calendar", "24h"),
    Mistake(quoted('time + ‸params.calendar > "2024-05-07"'), "expr-calendar"),
    Mistake(quoted('matches(template, ‸"(?=x)")'), "expr-pattern", "RE2"),
    Mistake(quoted('matches(template, ‸r"(a)\\1")'), "expr-pattern", "RE2"),
    Mistake(quoted('matches(template, ‸"(")'), "expr-pattern"),
    Mistake(quoted('matches(template, "‸\\d+")'), "expr-escape", 'r"…"'),
    Mistake(quoted('contains(template, ‸"")'), "expr-empty"),
    Mistake(quoted("category in ‸[]"), "expr-empty"),
    Mistake(where("‸{}"), "expr-empty"),
    Mistake(where('‸""'), "expr-empty"),
    Mistake(quoted("views == ‸99999999999999999999"), "expr-number"),
    Mistake(quoted("recipient is None ‸and"), "expr-syntax"),
    Mistake(quoted("‸and minor_involved"), "expr-syntax"),
    Mistake(quoted("not ‸(minor_involved"), "expr-syntax", "close it"),
    Mistake(quoted("minor_involved‸)"), "expr-syntax", "remove it"),
    Mistake(quoted('category in ["csam" ‸"ncii"]'), "expr-syntax", "`,`"),
    Mistake(quoted("minor_involved ‸AND automated"), "expr-syntax", "`and`"),
    Mistake(quoted("‸hours_between(time, time) > 24h"), "expr-type", "number of hours"),
    Mistake(quoted("time + ‸24hh > time"), "bad-duration", "unknown unit"),
    Mistake(quoted("time + ‸2days > time"), "expr-calendar", "24h"),
    Mistake(quoted("time + 90 ‸min > time"), "expr-syntax", "one word: `90min`"),
    Mistake(quoted("‸time + views > time"), "expr-type", "an instant and a duration"),
    Mistake(quoted("‸views * 1h > 24h"), "expr-type", "compare the numbers"),
    Mistake(quoted('recipient == ‸"x'), "expr-syntax", "same quote"),
    Mistake(quoted("minor_involved ‸if automated"), "expr-syntax"),
    Mistake(quoted("views == ‸010"), "expr-syntax", "leading zeros"),
    Mistake(quoted("‸a.b.c == 1"), "expr-syntax"),
    Mistake(quoted("‸report.received"), "expr-syntax", "`event:`"),
    Mistake(quoted("(" * 30 + "‸" + "(" * 470 + "minor_involved" + ")" * 500), "expr-too-deep", "split"),
    Mistake(quoted("‸" + " or ".join(["minor_involved"] * 200)), "expr-too-long", "lists"),
    Mistake(
        '  - id: a\n    when:\n      event: report.received\n      where: >\n        category == "csam"\n'
        '        and ‸recipientt == "x"\n    assert: minor_involved\n',
        "unknown-field",
        "`recipient`",
    ),
    Mistake(where('"category == \\"csam\\" and ‸recipientt == \'x\'"'), "unknown-field", "`recipient`"),
]

LIMITS = [
    Mistake(target("within: 24h, ‸due: trigger.time"), "due-and-within", "two rules"),
    Mistake(target("due: ‸trigger.views"), "expr-type", "belongs in `within`"),
    Mistake(target("due: ‸trigger.recipient"), "expr-type", "type instant in the mapping"),
    Mistake(target("due: trigger.time + ‸1day"), "expr-calendar", "24h"),
    Mistake(target("due: ‸time"), "trigger-missing", "`trigger.time`"),
    Mistake(target("due: ‸trigger.deadline"), "unknown-field", ""),
    Mistake(target("within: ‸views"), "trigger-missing", "`trigger.views`"),
    Mistake(target("within: ‸trigger.views"), "expr-type", "`trigger.limit_hours * 1h`"),
    Mistake(target("within: ‸views * 1h"), "trigger-missing", "`trigger.views`"),
    Mistake(target("within: ‸trigger.vews * 1h"), "unknown-field", "`views`"),
    Mistake(target("within: trigger.views * ‸1day"), "expr-calendar", "24h"),
    Mistake(target("within: trigger.views * 1 ‸day"), "expr-syntax", "`24h`"),
    Mistake(target("within: ‸trigger.time + 1h"), "expr-type", "belongs in `due`"),
    Mistake(rule("‸count: {event: report.closed, within: 1h}"), "no-bound", "at_least: 1"),
    Mistake(rule("count: ‸{event: report.closed, at_least: 1}"), "missing-key", "within: 24h"),
    Mistake(rule("count: ‸report.closed"), "missing-key", "within: 24h"),
    Mistake(rule("count: {event: report.closed, within: 1h, at_least: 3, at_most: ‸2}"), "bad-bounds", "at least 3"),
    Mistake(rule("count: {event: report.closed, within: 1h, at_least: ‸-1}"), "bad-value", ""),
    Mistake(rule("count: {event: report.closed, within: 1h, at_least: ‸2h}"), "wrong-type", ""),
    Mistake(rule("agree: ‸decison"), "unknown-field", "`decision`"),
    Mistake(rule("agree: ‸time"), "reserved-field"),
    Mistake("  - {id: a, when: {event: decision.made, ‸nth: 2}, agree: decision}\n", "idle-qualifier", "compared"),
    Mistake(
        "  - {id: a, when: decision.made, agree: decision, ‸unless: report.voided}\n", "idle-qualifier", "in `when`"
    ),
]


def measured(rest: str) -> str:
    return f"  - {{id: a, measure: {{from: report.received, to: report.closed, {rest}}}}}\n"


def leveled(rest: str) -> str:
    return rule(f"assert: minor_involved, service_level: {{{rest}}}")


GROUPS = [
    Mistake(measured("statistic: ‸medain, at_most: 24h"), "bad-value", "did you mean `median`?"),
    Mistake("  - {id: a, ‸measure: {from: report.received, to: report.closed, statistic: max}}\n", "no-bound", "24h"),
    Mistake("  - {id: a, measure: ‸{from: report.received, to: report.closed, at_most: 1h}}\n", "missing-key", "p75"),
    Mistake("  - {id: a, measure: ‸{from: report.received, statistic: max, at_most: 1h}}\n", "missing-key", "to: "),
    Mistake("  - ‸{id: a, measure: {to: report.closed, statistic: max, at_most: 1h}}\n", "missing-key", "when: "),
    Mistake(measured("statistic: median, at_most: ‸95%"), "bad-bounds", "statistic: share"),
    Mistake(measured("statistic: median, at_most: ‸24"), "bad-duration", "`24h`"),
    Mistake(measured("statistic: median, at_most: ‸7 days"), "expr-calendar", "168h"),
    Mistake(measured("statistic: median, at_most: ‸params.calendar"), "expr-calendar", "48h"),
    Mistake(measured("statistic: median, at_least: 2h, at_most: ‸1h"), "bad-bounds", "no figure"),
    Mistake(measured("statistic: median, ‸within: 2h, at_most: 1h"), "bad-bounds", "statistic: share"),
    Mistake(measured("‸statistic: share, at_least: 95%"), "no-bound", "within: 24h"),
    Mistake(measured("statistic: share, within: ‸1 day, at_least: 95%"), "expr-calendar", "24h"),
    Mistake(measured("statistic: share, within: 24h, at_least: ‸24h"), "bad-share", "percent sign"),
    Mistake(measured("statistic: share, within: 24h, at_least: ‸0.95"), "bad-share", "percent sign"),
    Mistake(measured("statistic: share, within: 24h, at_least: ‸105%"), "bad-share", "at most 100%"),
    Mistake(measured("statistic: share, within: 24h, at_least: ‸params.man"), "unknown-parameter", "`many`"),
    Mistake(measured("statistic: max, at_most: 1h, by: [platform, ‸reporter_typ]"), "unknown-field", "`reporter_type`"),
    Mistake(measured("statistic: max, at_most: 1h, by: ‸mnth"), "unknown-field", "`month`"),
    Mistake(measured("statistic: max, at_most: 1h, by: ‸[day, day]"), "duplicate-value"),
    Mistake(measured("statistic: max, at_most: 1h, minimum: ‸0"), "bad-value"),
    Mistake(measured("statistic: max, at_most: 1h, ‸minimun: 2"), "unknown-key", "`minimum`"),
    Mistake(measured("statistic: max, at_most: 1h, leave_out: ‸report.closd"), "unknown-event", "`report.closed`"),
    Mistake(rule("measure: {‸from: report.received, to: report.closed, statistic: max, at_most: 1h}"), "when-and-from"),
    Mistake(
        "  - {id: a, ‸unless: report.voided, measure: {from: report.received, to: report.closed, statistic: max, "
        "at_most: 1h}}\n",
        "idle-qualifier",
        "leave_out",
    ),
    Mistake(
        "  - {id: a, when: {event: report.received, ‸nth: 2}, measure: {to: report.closed, statistic: max, "
        "at_most: 1h}}\n",
        "idle-qualifier",
        "every match",
    ),
    Mistake(rule("‸service_level: {share: 95%}, measure: {to: report.closed, statistic: max, at_most: 1h}"),
            "idle-qualifier", "bounds of its own"),
    Mistake(leveled("share: ‸95"), "bad-share", "percent sign"),
    Mistake(leveled("share: ‸100.1%"), "bad-share", "at most 100%"),
    Mistake(leveled("share: ‸params.who"), "bad-share", "percent sign"),
    Mistake(leveled("share: 95%, minimum: ‸0"), "bad-value"),
    Mistake(rule("assert: minor_involved, service_level: ‸{by: month}"), "missing-key", "95%"),
]  # fmt: skip


TESTS = [
    Mistake(test("events: [{‸report.recieved: 0h}], expect: met"), "unknown-event", "`report.received`"),
    Mistake(test("events: [{report.received: 0h}], expect: met, covers: [‸report.closd]"), "unknown-event"),
    Mistake(test("events: [‸{category: csam}], expect: met"), "test-event"),
    Mistake(test("events: [{report.received: 0h, ‸report.closed: 1h}], expect: met"), "test-event"),
    Mistake(test("events: [{report.received: ‸0}], expect: met"), "test-offset", "`-2h`"),
    Mistake(test("events: [{report.received: ‸3 dayz}], expect: met"), "test-offset", "unknown unit"),
    Mistake(test("events: [{report.received: 0h}], as_of: ‸soon, expect: met"), "test-offset"),
    Mistake(test("events: [{report.received: 0h, category: ‸csma}], expect: met"), "unknown-value", "`csam`"),
    Mistake(test("events: [{report.received: 0h, ‸categry: csam}], expect: met"), "unknown-field", "`category`"),
    Mistake(test("events: [{report.received: 0h, is_test: ‸x}], expect: met"), "wrong-type"),
    Mistake(test("events: [{report.received: 0h}], expect: ‸violatd"), "bad-value", "`violated`"),
    Mistake(test("events: [{report.received: 0h}], expect: {‸violatd: 1}"), "bad-value", "`violated`"),
    Mistake(test("events: [{report.received: 0h}], expect: {met: ‸-1}"), "bad-value"),
    Mistake(test("events: ‸[], expect: met"), "empty-value"),
    Mistake(test("events: [{report.received: 0h, time_latest: ‸x}], expect: met"), "test-offset"),
    Mistake(test("events: [{report.received: 2h, time_latest: ‸1h}], expect: met"), "test-offset", "start of the test"),
    Mistake(test("events: [{report.received: 0h}], expect: ‸[]"), "empty-value"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: ‸violatd}]"), "bad-value", "`violated`"),
    Mistake(test("events: [{report.received: 0h}], expect: [‸{subject: r1}]"), "missing-key", "met, violated"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: met, ‸subjct: r1}]"), "unknown-key", "`subject`"),
    Mistake(
        test("events: [{report.received: 0h}], expect: [{verdict: undetermined, reason: ‸missing}]"),
        "bad-value",
        "`missing_value`",
    ),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: met, ‸reason: too_few}]"), "test-expect"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: met, ‸late: 1h}]"), "test-expect"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: violated, late: ‸1 day}]"), "bad-duration"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: violated, due: ‸1}]"), "wrong-type"),
    Mistake(test("events: [{report.received: 0h}], expect: [{verdict: violated, due: ‸soon}]"), "test-offset"),
]

_RULE = rule("assert: minor_involved")


def pack(head: str, rules: str = _RULE) -> str:
    return f"pack: p\nversion: '1'\n{head}\nrules:\n{rules}"


HEADS = [
    Mistake("‸- 1\n", "wrong-type", "pack: name", True),
    Mistake("‸log: {fields: {}}\n", "not-rules", "-m", True),
    Mistake(f"‸pack: p\nrules:\n{_RULE}", "missing-key", "version", True),
    Mistake(f"pack: p\nversion: ‸1.0\nrules:\n{_RULE}", "wrong-type", "in quotes", True),
    Mistake("pack: p\nversion: '1'\n‸rules: []\n", "no-rules", "rules:", True),
    Mistake(pack("extends: ‸child-safty"), "rules-missing", "`child-safety`", True),
    Mistake(pack("extends: ‸rules.yaml"), "extends-circle", "name of its own", True),
    Mistake(pack("extends: ‸[]"), "empty-value", "", True),
    Mistake(pack("extends: child-safety\ndisable: [‸referal-in-time]"), "unknown-rule", "`referral-in-time`", True),
    Mistake(
        pack("extends: child-safety\noverride: {‸referal-in-time: {}}"), "unknown-rule", "`referral-in-time`", True
    ),
    Mistake(pack("extends: child-safety\nparameters: {referral_limit: ‸3}"), "wrong-type", "kind of value", True),
    Mistake(pack("extends: child-safety\noverride: {not-restored: {‸id: x}}"), "bad-value", "disable it", True),
    Mistake(pack("extends: child-safety\noverride: {not-restored: {‸severty: low}}"), "unknown-key", "severity", True),
    Mistake(pack("extends: child-safety\noverride: {not-restored: {severity: ‸lw}}"), "bad-value", "`low`", True),
    Mistake(
        pack("extends: child-safety\noverride: {not-restored: {when: {where: ‸categry is None}}}"),
        "unknown-field",
        "`category`",
        True,
    ),
    Mistake(pack("disable: ‸a"), "unknown-rule", "under `extends`", True),
    Mistake(pack("override: {‸a: {severity: low}}"), "unknown-rule", "under `extends`", True),
    Mistake("‸pack: p\nversion: '1'\nlists: {a: [b]}\n", "no-rules", "rules:", True),
    Mistake(pack("fields: {‸category: text}"), "field-conflict", "further column", True),
    Mistake(pack("fields: {‸time: instant}"), "field-conflict", "further column", True),
    Mistake(pack("fields: {deadline: ‸instnt}", rule("assert: deadline > time")), "bad-value", "`instant`", True),
    Mistake(
        pack("fields: {deadline: text}", rule("followed_by: {event: report.closed, due: ‸trigger.deadline}")),
        "expr-type",
        "type instant",
        True,
    ),
    Mistake(pack("timezone: ‸Europe/Pariss"), "unknown-timezone", "`Europe/Paris`", True),
    Mistake(pack("parameters: {limit: ‸24hh}"), "bad-duration", "unknown unit", True),
    Mistake(pack("parameters: {limit: ‸true}"), "wrong-type", "", True),
    Mistake(pack("parameters: {limit: ‸24hh, x: 1h}", target("within: params.limit")), "bad-duration", "", True),
    Mistake(pack("parameters: {limit: ‸[]}", quoted("views > params.limit")), "wrong-type", "", True),
    Mistake(pack("lists: {a: ‸[]}", quoted("category in lists.a")), "empty-value", "", True),
    Mistake(pack("lists: {a: ‸3}", where("{category: lists.a}")), "wrong-type", "", True),
    Mistake(pack("parameters: {‸a-b: 24h}"), "bad-name", "letters", True),
    Mistake(pack("lists: {a: ‸[]}"), "empty-value", "", True),
    Mistake(pack("lists: {a: ‸[1, b]}"), "wrong-type", "", True),
    Mistake(pack("lists: {a: ‸[b, b]}"), "duplicate-value", "", True),
    Mistake(pack("lists: {‸a: }"), "empty-value", "", True),
]


def clock(rest: str, use: str = "assert: minor_involved") -> str:
    return pack(f"clocks: {{office: {{{rest}}}}}", rule(use))


WORK = "hours: {mon-fri: '09:00-17:00'}"
STOP = "pause: {from: information.requested, to: information.provided}"
IN_OFFICE = "clock: office, followed_by: {event: report.closed, within: "
CLOCKS = [
    Mistake(rule("clock: ‸office, preceded_by: {event: report.closed, within: 1h}"), "unknown-clock", "`clocks:`"),
    Mistake(clock(WORK, "clock: ‸ofice, preceded_by: report.closed"), "unknown-clock", "`office`", True),
    Mistake(pack("clocks: {‸a-b: {timezone: UTC}}"), "bad-name", "letters", True),
    Mistake(pack("clocks: {office: ‸{}}"), "empty-clock", "hours", True),
    Mistake(clock("‸hurs: {}"), "unknown-key", "`hours`", True),
    Mistake(clock("timezone: ‸Europe/Pariss"), "unknown-timezone", "`Europe/Paris`", True),
    Mistake(clock("hours: ‸{}"), "empty-value", "mon-fri", True),
    Mistake(clock("hours: {‸mo: '09:00-17:00'}"), "unknown-day", "`mon`", True),
    Mistake(clock("hours: {‸mon-fry: '09:00-17:00'}"), "unknown-day", "`fri`", True),
    Mistake(clock("hours: {mon: ‸'9-17'}"), "bad-hours", "09:00-17:00", True),
    Mistake(clock("hours: {mon: ‸'09:00-24:30'}"), "bad-hours", "09:00-17:00", True),
    Mistake(clock("hours: {mon: ‸'22:00-06:00'}"), "bad-hours", "22:00-24:00", True),
    Mistake(clock("hours: {mon: ‸'09:00-09:00'}"), "bad-hours", "", True),
    Mistake(clock("hours: {mon: ['09:00-12:00', ‸'11:00-14:00']}"), "bad-hours", "one span", True),
    Mistake(clock("hours: {mon-fri: '09:00-12:00', ‸wed: '13:00-14:00'}"), "bad-hours", "one place", True),
    Mistake(clock("hours: {mon: ‸9}"), "wrong-type", "", True),
    Mistake(clock(f"{WORK}, holidays: ‸DE-be"), "unknown-calendar", "`DE-BE`", True),
    Mistake(clock(f"{WORK}, holidays: [FR, ‸germany]"), "unknown-calendar", "ISO 3166", True),
    Mistake(clock(f"{WORK}, holidays: ‸[FR, FR]"), "duplicate-value", "", True),
    Mistake(clock(f"{WORK}, closed: ‸24.12.2025"), "bad-instant", "2024-12-24", True),
    Mistake(clock(f"{WORK}, closed: [2025-12-24, ‸2025-02-30]"), "bad-instant", "", True),
    Mistake(clock(f"{WORK}, closed: ‸[2025-12-24, 2025-12-24]"), "duplicate-value", "", True),
    Mistake(clock("pause: ‸{from: information.requested}"), "missing-key", "to: ", True),
    Mistake(clock("pause: {from: information.requested, to: ‸information.requested}"), "pause-same", "run again", True),
    Mistake(clock("pause: {from: information.requested, to: ‸information.provded}"), "unknown-event", "did you", True),
    Mistake(clock("pause: {from: clock.paused, to: {where: actor == ‸trigger.actor}}"), "trigger-here", "", True),
    Mistake(clock(WORK, IN_OFFICE + "‸1 month}"), "clock-calendar", "40h", True),
    Mistake(clock(WORK, IN_OFFICE + "‸2 weeks}"), "clock-calendar", "40h", True),
    Mistake(clock(WORK, IN_OFFICE + "‸1 year}"), "clock-calendar", "40h", True),
    Mistake(clock(f"{WORK}, {STOP}", IN_OFFICE + "‸3 days}"), "clock-calendar", "16h", True),
]  # fmt: skip

YAML = [
    Mistake(rule("assert: minor_involved, why: ‸no"), "yaml-boolean", '"no"'),
    Mistake(rule("assert: minor_involved, why: ‸12:30:45"), "yaml-clock", "quotes"),
    Mistake(rule("assert: minor_involved, why: ‸010"), "yaml-number-base", '"010"'),
    Mistake(rule("assert: minor_involved, why: ‸1_000"), "yaml-number", "underscores"),
    Mistake(rule("assert: minor_involved, why: ‸.inf"), "yaml-number", '".inf"'),
    Mistake(rule("assert: minor_involved, why: ‸1e999"), "yaml-number"),
    Mistake(rule("assert: minor_involved, ‸assert: automated"), "yaml-duplicate-key", "remove or rename"),
    Mistake(rule("assert: minor_involved, ‸<<: {why: x}"), "yaml-merge", "write the keys out"),
    Mistake(rule("assert: minor_involved, why: ‸!!str x"), "yaml-tag", "remove the tag"),
    Mistake("  - ‸&a {id: a, when: report.received, assert: minor_involved}\n", "yaml-alias", "write the value out"),
    Mistake(rule("assert: minor_involved, ? ‸[a] : b"), "yaml-key"),
    Mistake(rule("assert: minor_involved") + "‸---\nx: 1\n", "yaml-documents", "one document"),
    Mistake(rule("assert: [minor_involved‸").rstrip("}\n").replace("‸", "") + "\n‸", "yaml-syntax", "indentation"),
    Mistake("‸\t- {id: a}\n", "yaml-syntax", "tabs"),
    Mistake(rule("why: ‸" + "[" * 37 + "‸" + "[" * 20).replace("‸", "", 1), "yaml-depth"),
    Mistake(rule("why: ‸\0x"), "yaml-character", "UTF-8"),
]

ALL = [*SHAPE, *NAMES, *CONDITIONS, *LIMITS, *GROUPS, *TESTS, *HEADS, *CLOCKS, *YAML]
