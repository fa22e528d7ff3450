"""Values from logs do nothing: not in a terminal, not in a spreadsheet, not in a CI log."""

from __future__ import annotations

import csv
import io
import json

import ibis
import pyarrow as pa
import pytest

from auditor.log.log import Health
from auditor.outputs import FORMATS, Look, write
from auditor.outputs.csv import lines
from auditor.outputs.formats import BINARY
from auditor.outputs.hostile import _WINDOW, controls, safe, safe_json
from tests.outputs.story import hostile
from tests.results.fake import audit, finding, log

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
    return {format: output(format, *ATTACKS) for format in FORMATS if format not in BINARY}


def test_no_output_holds_a_character_that_a_terminal_obeys(outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        assert not set(text) & ({*CONTROLS, *INVISIBLE} - {"\n"}), format


def test_no_value_begins_a_line(outputs: dict[str, str]) -> None:
    for format, text in outputs.items():
        ours = ("::error file=", "::error title=", "::notice title=") if format == "github" else ()
        lines = [line.lstrip() for line in text.splitlines()]
        assert not any(line.startswith("::") and not line.startswith(ours) for line in lines), format
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


def test_controls_are_found_in_utf_8_wherever_they_stand() -> None:
    for number in (*range(0xD800), *range(0xE000, 0x11000), 0x1F600, 0xE0001, 0x10FFFF):
        character = chr(number)
        found = controls(f"a{character}b".encode())
        if number < 0x20:
            assert found == 1, hex(number)
        elif number != 0xFFFD:
            assert (found == -1) == (safe(character) == "\ufffd"), hex(number)


@pytest.mark.parametrize("character", ["\x7f", "\x85", "\u061c", "\u202e", "\u2066", "\ufeff"])
def test_controls_are_found_across_the_windows_that_are_searched(character: str) -> None:
    for before in range(_WINDOW - 4, _WINDOW + 2):
        assert controls(b"x" * before + character.encode() + b"x") == -1
    assert controls(b"\n" * (_WINDOW + 1)) == _WINDOW + 1


CELLS = [
    *ATTACKS,
    *(c + "1" for c in "=+-@\t\r＝＋－＠"),
    "",
    "'",
    '"',
    ",",
    "=,",
    '="',
    "a\n=b",
    "\n",
    "ü\u2028,",
    "a\x85",
]


def test_csv_lines_are_those_of_a_plain_writer() -> None:
    """Cell by cell as Python would write it: `'` before a formula, controls replaced, quotes only where needed."""

    def cell(text: str) -> str:
        text = ("'" if text[:1] and text[0] in "=+-@\t\r＝＋－＠" else "") + text
        text = "".join("\ufffd" if c in {*CONTROLS, *INVISIBLE} else c for c in text)
        return '"' + text.replace('"', '""') + '"' if set(text) & set('",') else text

    for rows in (CELLS, [text for text in CELLS if text.isprintable()]):
        table = ibis.memtable(pa.table({"n": range(len(rows)), "a": rows, "b": rows[::-1]}))
        told = b"".join(bytes(chunk) for chunk in lines(ibis.duckdb.connect(), table, own=frozenset({"n"}))).decode()
        pairs = enumerate(zip(rows, rows[::-1], strict=True))
        assert told == "".join(f"{n},{cell(a)},{cell(b)}\n" for n, (a, b) in pairs)


def test_csv_lines_keep_the_order_of_rows() -> None:
    backend = ibis.duckdb.connect()
    backend.con.execute("SET threads = 4")
    backend.con.execute("CREATE TEMP TABLE many AS SELECT range AS n, 'R' || range AS a FROM range(600000)")
    table = backend.table("many", database=("temp", "main"))
    told = b"".join(bytes(chunk) for chunk in lines(backend, table)).decode().splitlines()
    assert told == [f"{n},R{n}" for n in range(600_000)]


@pytest.mark.parametrize("name", ["log.csv", 'a"b\\c\t.csv', "ü\u202e.csv", "=1,2.csv"])
def test_evidence_is_json_in_a_cell_whatever_the_file_is_called(name: str) -> None:
    stream = io.BytesIO()
    health = Health(files=(name,), rows=1, events=1, out_of_order=0)
    write(audit(finding(), log=log(health=health)), "csv", stream)
    [row] = csv.DictReader(io.StringIO(stream.getvalue().decode()))
    [witness] = json.loads(row["evidence"])
    assert witness == {
        "file": name.replace("\u202e", "\ufffd"), "row": 2, "event": "report.received",
        "time": "2020-01-20T09:00:00Z", "role": "activation",
    }  # fmt: skip
