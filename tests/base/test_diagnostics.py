"""Diagnostics: the text that a person reads, and suggestions."""

from __future__ import annotations

import pytest

from auditor.base.diagnostics import Diagnostic, DiagnosticsError, Place, UnusableError, clip, collect
from auditor.base.suggest import did_you_mean, nearest


def test_the_caret_stands_under_its_place_in_a_long_line() -> None:
    line = "x" * 300 + "here" + "y" * 300
    lines = str(Diagnostic("c", "m", Place("f", 7, 301), "h", line, 4)).split("\n")
    assert lines[0] == "f:7:301: error[c]: m"
    assert lines[1][lines[2].index("^") :].startswith("here")
    assert lines[2].strip() == "^^^^"
    assert lines[3] == "    help: h"


def test_nothing_in_a_line_reaches_the_terminal_as_code() -> None:
    assert "\x1b" not in clip("a\x1b[31mred", 1)[0]


def test_mistakes_are_sorted_and_warnings_pass() -> None:
    late, early = Diagnostic("b", "m", Place("f", 2, 1)), Diagnostic("a", "m", Place("f", 1, 9))
    assert DiagnosticsError([late, early]).diagnostics == (early, late)
    collect([Diagnostic("w", "m", Place("f"), level="warning")])
    with pytest.raises(DiagnosticsError):
        collect([late])


def test_a_file_that_cannot_be_used_says_why() -> None:
    error = UnusableError("file-missing", "there is no such file", place=Place("f"), help="look again")
    assert str(error) == "f: error[file-missing]: there is no such file\n    help: look again"
    assert error.exit_code == 2


def test_a_mistake_without_a_file_has_no_empty_place() -> None:
    assert str(Diagnostic("c", "--set: m", Place(""))) == "error[c]: --set: m"


def test_suggestions() -> None:
    assert nearest("report.recieved", ["report.received", "report.closed"]) == "report.received"
    assert nearest("CSAM", ["csam"]) == "csam"
    assert nearest("zzz", ["csam"]) is None
    assert did_you_mean("zzz", ["b", "a"]) == "known: `a`, `b`"
    assert did_you_mean("zzz", []) == ""
    assert did_you_mean("zzz", map(str, range(50))) == ""
