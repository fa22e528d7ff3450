"""What a test expects: a verdict, counts, or the activations one by one."""

from __future__ import annotations

import json
from typing import Any

from auditor.base.durations import parse_duration
from auditor.base.strict_yaml import Node
from auditor.base.suggest import nearest
from auditor.rules.model import Expected
from auditor.rules.names import Page
from auditor.rules.offsets import offset
from auditor.rules.shapes import VERDICTS, ExpectedShape


def expectation(
    expect: str | dict[str, int] | list[ExpectedShape], node: Node, page: Page
) -> str | dict[str, Any] | tuple[Expected, ...]:
    """The expectation of a test as the model has it; mistakes go to the page."""
    if isinstance(expect, list):
        return tuple(_expected(shape, node.at((index,)), page) for index, shape in enumerate(expect))
    if isinstance(expect, dict):
        _counts(node, page)
    return expect


def _counts(node: Node, page: Page) -> None:
    entries = node.value if isinstance(node.value, dict) else {}
    for key, child in entries.items():
        if key not in VERDICTS:
            near = nearest(key, VERDICTS)
            help = f"did you mean `{near}`?" if near else "verdicts: " + ", ".join(VERDICTS)
            page.report("bad-value", f"`{key}` is not a verdict", node, help, key=key)
        elif isinstance(child.value, int) and child.value < 0:
            page.report("bad-value", "a count is at least 0", child)
    if not entries:
        page.report("empty-value", "`expect` is empty", node, "write a verdict, counts, or `none` for no activation")


def _expected(shape: ExpectedShape, node: Node, page: Page) -> Expected:
    told = node.at(("verdict",)).value != shape.verdict  # by the shape: the verdict is only a stand-in
    if not told and shape.reason is not None and shape.verdict != "undetermined":
        page.report("test-expect", "only an undetermined verdict has a reason", node, "leave it out", key="reason")
    if not told and shape.late is not None and shape.verdict != "violated":
        page.report("test-expect", "only a violated activation is late", node, "leave it out", key="late")
    if shape.due is not None:
        offset(node.at(("due",)), page)
    if shape.late is not None:
        _late(shape.late, node.at(("late",)), page)
    subject = shape.subject
    if isinstance(subject, list):  # as findings show the subject of several keys
        subject = json.dumps(subject, ensure_ascii=False)
    return Expected(shape.verdict, subject, shape.reason, shape.due, shape.late)


def _late(text: str, node: Node, page: Page) -> None:
    try:
        if parse_duration(text).calendar:
            raise ValueError("write hours, minutes or seconds")
    except ValueError as error:
        page.report("bad-duration", f"`{text}` is not a lateness", node, str(error))
