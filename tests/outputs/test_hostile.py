"""Values from logs do nothing: not in a terminal, not in a spreadsheet, not in a CI log."""

from __future__ import annotations

import csv
import io
import json

import pytest

from auditor.outputs import FORMATS, Look, write
from auditor.outputs.hostile import safe, safe_json
from tests.outputs.story import hostile

CONTROLS = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0))]
INVISIBLE = ["\u061c", "\u200b", "\u200f", "\u2028", "\u202e", "\u2066", "\ufeff"]
ATTACKS = [
    "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=1","x', "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;title\x07", "[red]markup[/red]", ":smile:", "::error::broken", "a\n::error::broken",
    "##[error]broken", "nul\x00nul", "\u202egnp.exe", 'quote"quote', "back\\slash", "comma,comma", "a'b",
]  # fmt: skip


def output(format: str, *subjects: str) -> str:
    stream = io.BytesIO()
    write(hostile(*subjects), format, stream, Look(width=200))
    return stream.getvalue().decode()


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    return {format: output(format, *ATTACKS) for format in FORMATS if format != "parquet"}


def test_no_output_holds_a_character_that_a_terminal_obeys(outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        assert not set(text) & ({*CONTROLS, *INVISIBLE} - {"\n"}), format


def test_no_value_begins_a_line(outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        assert not any(line.lstrip().startswith("::") for line in text.splitlines()), format
    assert "::error::" not in outputs["table"]
    assert "##[" not in outputs["table"]


def test_values_do_not_change_the_number_of_lines(outputs: dict[str, str]) -> None:
    assert outputs["csv"].count("\n") == len(ATTACKS) + 1
    assert outputs["jsonl"].count("\n") == len(ATTACKS)


def test_csv_cells_are_no_formulas(outputs: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(outputs["csv"])))
    assert len(rows) == len(ATTACKS)
    for row in rows:
        assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row.values())
    assert '\'=1","x' in [row["subject"] for row in rows]


def test_json_keeps_the_values(outputs: dict[str, str]) -> None:
    assert [json.loads(line)["subject"] for line in outputs["jsonl"].splitlines()] == ATTACKS
    assert [finding["subject"] for finding in json.loads(outputs["json"])["findings"]] == ATTACKS


def test_markup_is_text(outputs: dict[str, str]) -> None:
    for text in ("[red]markup[/red]", ":smile:", "<script>alert(1)</script>"):
        assert text in outputs["table"]


def test_an_id_of_a_megabyte_is_cut_in_the_table_and_whole_elsewhere() -> None:
    long = "x" * 1_000_000
    assert len(output("table", long)) < 3000
    assert long in output("jsonl", long)
    assert long in output("csv", long)


@pytest.mark.parametrize("character", [*CONTROLS, *INVISIBLE])
def test_every_control_character(character: str) -> None:
    assert character not in safe(f"a{character}b")
    raw = json.dumps({"k": f"a{character}b"}, ensure_ascii=False).encode()
    assert character not in safe_json(raw).decode()
    assert json.loads(safe_json(raw)) == {"k": f"a{character}b"}


def test_ordinary_text_stays() -> None:
    assert safe("Größe 東京 عربى a::b 12:30") == "Größe 東京 عربى a::b 12:30"
    assert safe_json('{"k": "Größe 東京"}'.encode()).decode() == '{"k": "Größe 東京"}'
