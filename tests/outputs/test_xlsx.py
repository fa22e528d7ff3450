"""The workbook, opened again: typed cells, nothing cut in silence, and values that do nothing."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from auditor.base.diagnostics import UnusableError
from auditor.outputs import Target, known, target, write, write_files
from auditor.outputs.formats import LIBRARIES
from auditor.outputs.xlsx import book, cells
from auditor.results.audit import Audit
from auditor.results.findings import FIELDS
from tests.outputs.marked import marked
from tests.outputs.story import grouped, hostile, story
from tests.outputs.test_hostile import ATTACKS, CONTROLS, INVISIBLE
from tests.results.fake import FAR, RECEIVED, audit, finding

GOLDEN = Path(__file__).parent / "golden"


def raw(of: Audit) -> bytes:
    stream = io.BytesIO()
    write(of, "xlsx", stream)
    return stream.getvalue()


def opened(of: Audit) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw(of)))


def rows(workbook: Workbook, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet with a header."""
    head, *body = workbook[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def shown(workbook: Workbook) -> str:
    """Everything that the cells hold, and the formats of those that are no plain text."""
    lines = []
    for sheet in workbook:
        lines.append(f"== {sheet.title}, frozen at {sheet.freeze_panes}, filter {sheet.auto_filter.ref}")
        for row in sheet.iter_rows():
            held = (f"{cell.value!r}{f' [{cell.number_format}]' if cell.number_format != 'General' else ''}"
                    for cell in row if cell.value is not None)  # fmt: skip
            lines.append(" | ".join(held))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("name", "of"), [("audit", story), ("groups", grouped), ("marked", marked)])
def test_as_expected(name: str, of: Any, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{name}.xlsx.txt"
    found = shown(opened(of()))
    if request.config.getoption("--update"):
        path.write_text(found)
    assert found == path.read_text()


def test_same_input_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = raw(story())
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    write_files(story(), [Target("xlsx", tmp_path / "a.xlsx")])
    assert (tmp_path / "a.xlsx").read_bytes() == first
    assert openpyxl.load_workbook(io.BytesIO(first)).properties.created == FAR


def test_cells_are_typed_and_in_the_order_of_the_contract() -> None:
    found = opened(story())
    assert found.sheetnames == ["Summary", "critical", "high", "low"]
    [late, never] = rows(found, "critical")
    assert list(late) == FIELDS
    assert late["activated_at"] == RECEIVED
    assert late["late_seconds"] == 7440
    assert late["met_at"] == datetime(2020, 1, 21, 11, 4)
    assert never["met_at"] is None
    assert late["evidence"] == (
        "activation: report.received 2020-01-20T09:00:00Z (reports.csv, row 2); "
        "match: referral.submitted 2020-01-21T11:04:00Z (responses.csv, row 7)"
    )
    sheet = found["critical"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:O3")
    assert sheet["G2"].number_format == "yyyy-mm-dd hh:mm:ss"


def test_nothing_to_show_is_a_summary_alone() -> None:
    assert opened(audit(finding("met"), show=("violated",))).sheetnames == ["Summary"]


def test_moments_are_never_rounded_up_or_moved() -> None:
    whole, parts = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd hh:mm:ss.000"
    cases: list[tuple[datetime, Any, str]] = [
        (datetime(2020, 2, 5, 7, 59, 59, 999999), datetime(2020, 2, 5, 7, 59, 59, 999000), parts),
        (datetime(2020, 2, 5, 7, 59, 59), datetime(2020, 2, 5, 7, 59, 59), whole),
        (datetime(1900, 3, 1), datetime(1900, 3, 1), whole),
        (datetime(1900, 2, 28, 23, 59, 59), "1900-02-28T23:59:59Z", "General"),
        (datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(9999, 12, 31, 23, 59, 59, 999000), parts),
    ]
    sheet = opened(audit(*(finding(due_at=one[0], number=number) for number, one in enumerate(cases))))["critical"]
    found = [(sheet.cell(row, 8).value, sheet.cell(row, 8).number_format) for row in range(2, len(cases) + 2)]
    assert found == [(cell, format) for _, cell, format in cases]


def test_numbers_are_exact() -> None:
    numbers = [0, 2**53 - 1, 2**53 + 1]
    found = rows(opened(audit(*(finding(late_seconds=n, number=i) for i, n in enumerate(numbers)))), "critical")
    assert [row["late_seconds"] for row in found] == [0, 2**53 - 1, str(2**53 + 1)]


def test_more_rows_than_a_sheet_can_hold_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "ROWS", 20)
    found = opened(audit(*(finding(subject=f"R{n:02}", number=n) for n in range(50))))
    names = ["critical", "critical (2)", "critical (3)"]
    assert found.sheetnames == ["Summary", "Summary (2)", *names]
    assert [row["subject"] for name in names for row in rows(found, name)] == [f"R{n:02}" for n in range(50)]
    assert [found[name].auto_filter.ref for name in names] == ["A1:O20", "A1:O20", "A1:O13"]


def test_a_sheet_holds_as_many_rows_as_excel_does() -> None:
    assert book.ROWS == 2**20


def test_text_is_text() -> None:
    """No formula, no link, no number; what Excel would read as a formula when it is typed again is marked."""
    ids = [*ATTACKS, "https://example.org/x", "mailto:a@example.org", "00123", "1e5", "_x0041_", " space ", "TRUE"]
    sheet = opened(hostile(*ids))["critical"]
    cells_of = [row[FIELDS.index("subject")] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells_of} <= {"s", "inlineStr"}
    expected = ["".join("\ufffd" if c in {*CONTROLS, *INVISIBLE} else c for c in text) for text in ids]
    assert [cell.value for cell in cells_of] == [text.replace("_x0041_", "_x005F_x0041_") for text in expected]
    assert not any(cell.hyperlink for cell in cells_of)
    for cell in cells_of:
        assert bool(cell.quotePrefix) == cell.value.startswith(tuple("=+-@＝＋－＠"))


def test_there_is_no_formula_and_no_link_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(raw(hostile(*ATTACKS, "<r></is></c><c><f>1+1</f><is></r>", "<r>x</r>")))) as whole:
        names = whole.namelist()
        sheets = [whole.read(name).decode() for name in names if "worksheets/" in name]
    assert not any("rels" in name and "sheets" in name for name in names)
    for text in sheets:
        assert "<f>" not in text
        assert "<hyperlink" not in text
        assert "<r>" not in text


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\ud800", "\x00", "\x1b", "\u202e"])
def test_what_xml_cannot_hold(character: str) -> None:
    assert cells.text(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    ("value", "length", "end"),
    [
        ("x" * 1_000_000, 32_767, "xx…"), ("x" * 32_767, 32_767, "xxx"), ("x" * 32_768, 32_767, "xx…"),
        ("😀" * 20_000, 16_384, "😀😀…"), ("a" + "😀" * 16_383, 16_384, "😀😀😀"),
    ],
)  # fmt: skip
def test_long_texts_are_cut_where_everybody_sees_it(value: str, length: int, end: str) -> None:
    found = cells.text(value)
    assert (len(found), found[-3:]) == (length, end)
    assert len(found.encode("utf-16-le")) <= 2 * 32_767


def test_an_id_of_a_megabyte_is_cut_in_the_file() -> None:
    [row] = rows(opened(hostile("x" * 1_000_000)), "critical")
    assert row["subject"] == "x" * 32_766 + "…"


def test_a_missing_library_is_told_before_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.outputs.formats.find_spec", lambda _: None)
    for ask in (lambda: target("a.xlsx"), lambda: target("xlsx=a"), lambda: known("xlsx")):
        with pytest.raises(UnusableError) as caught:
            ask()
        assert "xlsx needs the library xlsxwriter" in str(caught.value)
        assert "pip install 'report-auditor[xlsx]'" in str(caught.value)
    monkeypatch.undo()
    assert target("a.xlsx").format == "xlsx"
    assert all(importlib.util.find_spec(name) for name in LIBRARIES.values())


def test_a_full_disk_is_told_and_leaves_no_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(UnusableError) as caught:
        write_files(story(), [Target("xlsx", Path("/dev/full"))])
    assert caught.value.diagnostic.code == "output-failed"
    assert list(tmp_path.iterdir()) == []
