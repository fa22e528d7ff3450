"""The XML document, written suite by suite; no clock is read, so that all times are 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from auditor.outputs import rule_help
from auditor.outputs.hostile import safe
from auditor.outputs.junit.cases import Case, Numbers, cases, numbers
from auditor.outputs.rows import records
from auditor.outputs.tallies import in_words
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from auditor.results.audit import Audit, RuleOutcome

_FORBIDDEN = str.maketrans("\ufffe\uffff", "\ufffd\ufffd")  # what XML 1.0 cannot hold and `safe` leaves


def write(audit: Audit, stream: BinaryIO) -> None:
    """Stream the suites in the order of findings."""
    xml = XMLGenerator(stream, "utf-8", short_empty_elements=True)
    xml.startDocument()
    outcomes = sorted(audit.outcomes, key=lambda one: SEVERITIES.index(one.rule.severity))
    counted = {outcome.rule.id: numbers(audit, outcome) for outcome in outcomes}
    found = groupby(records(audit), itemgetter("rule_id"))
    nothing: tuple[str, Iterable[dict[str, Any]]] = ("", ())
    with _element(xml, "testsuites", {"name": "auditor"} | _totals(counted.values())):
        rule_id, listed = next(found, nothing)
        for outcome in outcomes:
            mine = outcome.rule.id == rule_id
            _suite(xml, outcome, counted[outcome.rule.id], cases(audit, outcome, listed if mine else ()))
            if mine:
                rule_id, listed = next(found, nothing)
    xml.ignorableWhitespace("\n")
    xml.endDocument()


def _totals(found: Iterable[Numbers]) -> dict[str, str]:
    every = list(found)
    tests, failures = sum(sum(one.values()) for one in every), sum(one["failure"] for one in every)
    return {"tests": str(tests), "failures": str(failures), "errors": "0", "time": "0"}


def _suite(xml: XMLGenerator, outcome: RuleOutcome, counted: Numbers, found: Iterable[Case]) -> None:
    rule = outcome.rule
    with _element(xml, "testsuite", {"name": rule.id} | _totals([counted]) | {"skipped": str(counted["skipped"])}):
        with _element(xml, "properties"):
            counts = in_words(outcome.__getitem__)
            for name, value in (("title", rule.title), ("severity", rule.severity), ("counts", counts)):
                _leaf(xml, "property", {"name": name, "value": value})
        for case in found:
            _case(xml, f"{rule.pack}.{rule.id}", case)
        _leaf(xml, "system-out", {}, rule_help.text(rule).split("\n"))


def _case(xml: XMLGenerator, classname: str, case: Case) -> None:
    attributes = {"classname": classname, "name": case.name, "time": "0"}
    if case.outcome == "passed":
        _leaf(xml, "testcase", attributes)
        return
    with _element(xml, "testcase", attributes):
        _leaf(xml, case.outcome, {"type": case.kind, "message": case.message}, case.details)


@contextmanager
def _element(xml: XMLGenerator, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
    """An element that holds others."""
    _open(xml, name, attributes or {})
    yield
    xml.ignorableWhitespace("\n")
    xml.endElement(name)


def _leaf(xml: XMLGenerator, name: str, attributes: Mapping[str, str], lines: Iterable[str] = ()) -> None:
    """An element that holds text."""
    _open(xml, name, attributes)
    if text := "\n".join(map(_clean, lines)):
        xml.characters(text)
    xml.endElement(name)


def _open(xml: XMLGenerator, name: str, attributes: Mapping[str, str]) -> None:
    if name != "testsuites":
        xml.ignorableWhitespace("\n")
    xml.startElement(name, AttributesImpl({key: _clean(value) for key, value in attributes.items()}))


def _clean(text: str) -> str:
    return safe(text).translate(_FORBIDDEN)
