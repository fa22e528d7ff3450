"""Mistakes in mapping files: each is located, all are told at once, near words are suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.base.diagnostics import DiagnosticsError, UnusableError
from auditor.log.mapping import load_mapping

from .helpers import mapped, read

LOG = "event,time,report_id\nreport.received,2024-01-01T10:00Z,r1\n"


def mistakes(folder: Path, text: str) -> DiagnosticsError:
    with pytest.raises(DiagnosticsError) as caught:
        load_mapping(mapped(folder, text))
    return caught.value


@pytest.mark.parametrize(("text", "code", "line", "column", "told"), [
    ("fields: {}\n", "mapping-root", 1, 1, "under the key `log`"),
    ("log: {}\nlgo: {}\n", "unknown-key", 2, 1, "did you mean `log`"),
    ("log:\n  feilds: {}\n", "unknown-key", 2, 3, "did you mean `fields`"),
    ("log:\n  time: {column: a, fromat: iso}\n", "unknown-key", 2, 21, "did you mean `format`"),
    ("log:\n  fields:\n    category: {colum: a}\n", "unknown-key", 3, 16, "did you mean `column`"),
    ("log:\n  fields:\n    catgory: a\n", "unknown-field", 3, 5, "did you mean `category`"),
    ("log:\n  fields:\n    time: a\n", "field-name", 3, 5, "kept by the log itself"),
    ("log:\n  fields:\n    Place: {column: a, type: text}\n", "field-name", 3, 5, "`place` and `Place` differ"),
    ("log:\n  fields:\n    Category: {column: a, type: text}\n", "field-name", 3, 5, "differ only in case"),
    ("log:\n  fields:\n    Category_Raw: {column: a, type: text}\n", "field-name", 3, 5, "differ only in case"),
    ("log:\n  asserted: {late: b, Late: c}\n", "field-name", 2, 23, "`late` and `Late` differ only in case"),
    ("log:\n  fields: {Rank: {column: a, type: text}}\n  events:\n    report.received:\n      time: b\n"
     "      rank: {column: c, type: text}\n", "field-name", 6, 7, "`Rank` and `rank` differ only in case"),
    ("log:\n  fields:\n    my-field: {column: a, type: text}\n", "field-name", 3, 5, "cannot be the name"),
    ("log:\n  fields:\n    views: {column: a, type: text}\n", "field-type", 3, 5, "type and scope are fixed"),
    ("log:\n  fields:\n    views: {column: a, values: {b: c}}\n", "field-keys", 3, 12, "`values` belong to a text"),
    ("log:\n  fields:\n    views: {}\n", "field-source", 3, 12, "needs either `column` or `value`"),
    ("log:\n  fields:\n    category: {column: a, values: {b: csma}}\n", "unknown-value", 3, 39, "did you mean `csam`"),
    ("log:\n  fields:\n    decision: {value: yes_}\n", "unknown-value", 3, 23, "known"),
    ("log:\n  fields:\n    report_id: {column: a, extract: abc}\n", "extract-pattern", 3, 37, "needs one group"),
    ("log:\n  fields:\n    report_id: {column: a, extract: \"(\"}\n", "extract-pattern", 3, 37, "not a regular"),
    ("log:\n  fields:\n    is_test: {column: a, true: [x], false: [x]}\n", "field-keys", 3, 14, "both true and false"),
    ("log:\n  covers: [report.recieved]\n", "unknown-event", 2, 12, "did you mean `report.received`"),
    ("log:\n  names: [Received]\n", "event-name", 2, 11, "not an event name"),
    ("log:\n  event: {column: a, values: {x: report.recieved}}\n", "unknown-event", 2, 34, "did you mean"),
    ("log:\n  event: {values: {x: report.received}}\n", "event-columns", 2, 10, "either `column` or `columns`"),
    ("log:\n  events:\n    report.recieved: {time: a}\n", "unknown-event", 3, 5, "did you mean `report.received`"),
    ("log:\n  events:\n    report.received: {}\n", "missing-key", 3, 22, "`time` is missing"),
    ("log:\n  time: a\n  events: {report.closed: {time: a}}\n", "shape", 2, 3, "cannot stand together"),
    ("log:\n  timezone: Europe/Pari\n", "unknown-timezone", 2, 13, "did you mean `Europe/Paris`"),
    ("log:\n  time: {column: a, format: \"%d/%m\"}\n", "time-format", 2, 29, "needs a year"),
    ("log:\n  time: {column: a, format: \"%Y-%Q\"}\n", "time-format", 2, 29, "%Q is not accepted"),
    ("log:\n  time: {column: a, format: day}\n", "time-format", 2, 29, "holds directives"),
    ("log:\n  time: {column: a, precision: week}\n", "bad-value", 2, 32, "precision"),
    ("log:\n  time: {column: a, snowflake: discord, precision: day}\n", "time-precision", 2, 52, "exact"),
    ("log:\n  source: {format: xlsx}\n", "bad-value", 2, 20, "format"),
    ("log:\n  source: {encoding: latin-1}\n", "bad-value", 2, 22, "encoding"),
    ("log:\n  observed_until: soon\n", "bad-value", 2, 19, "observed_until"),
    ("log:\n  observed_until: 2024-01-01T00:00:00\n", "bad-value", 2, 19, "timezone"),
    ("log:\n  observed_from: 2025-01-01T00:00:00Z\n  observed_until: 2024-01-01T00:00:00Z\n",
     "observed-order", 2, 18, "lies after"),
    ("log:\n  nulls: [no]\n", "yaml-boolean", 2, 11, "unquoted"),
    ("log:\n  fields: {}\n  fields: {}\n", "yaml-duplicate-key", 3, 3, "stands twice"),
    ("log:\n  sources: {a: {files: x}}\n  time: b\n", "shape", 3, 3, "move it into a source"),
    ("log:\n  sources: {a: {files: x}}\n  asserted: {x: b}\n", "shape", 3, 3, "move it into a source"),
    ("log:\n  asserted: {on-time: b}\n", "field-name", 2, 14, "not a name"),
    ("log:\n  asserted: {x: {column: b, rule: [r]}}\n", "unknown-key", 2, 29, "did you mean `rules`"),
    ("log:\n  asserted: {x: {column: b, met: [Y]}}\n", "asserted-words", 2, 17, "words for both"),
    ("log:\n  asserted: {x: {column: b, met: [], violated: []}}\n", "asserted-words", 2, 17, "words for both"),
    ("log:\n  asserted: {x: {column: b, met: [Y], violated: [N, Y]}}\n", "asserted-words", 2, 17, "both met and"),
    ("log:\n  asserted: {x: {column: b, rules: []}}\n", "asserted-rules", 2, 36, "leave `rules` out"),
    ("log:\n  sources:\n    a: {files: x, asserted: {s: c}}\n"
     "    b: {files: y, asserted: {s: {column: d, rules: [r]}}}\n",
     "asserted-rules", 4, 30, "about other rules elsewhere"),
    ("log:\n  sources: {a: {}}\n", "missing-key", 2, 16, "`files` is missing"),
], ids=lambda value: value if isinstance(value, str) and " " not in value and "\n" not in value else "")  # fmt: skip
def test_located(tmp_path: Path, text: str, code: str, line: int, column: int, told: str) -> None:
    (found,) = mistakes(tmp_path, text).diagnostics
    assert (found.code, found.place.line, found.place.column) == (code, line, column), str(found)
    assert told in found.message + " " + found.help
    assert found.source == text.splitlines()[line - 1]


def test_all_mistakes_of_a_file_at_once(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path, "log:\n  timezone: Mars\n  covers: [report.recieved]\n  fields: {catgory: a}\n"
    ).diagnostics
    assert [item.place.line for item in found] == [2, 3, 4]
    found = mistakes(tmp_path, "log:\n  feilds: {}\n  time: {column: a, precision: week}\n").diagnostics
    assert [item.place.line for item in found] == [2, 3]


def test_a_missing_column_is_shown_in_the_mapping(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        read(tmp_path, LOG, "log:\n  fields:\n    category: reasn\n    report_id: {column: repot_id}\n  time: tiem\n")
    found = caught.value.diagnostics
    assert [(item.code, item.place.line) for item in found] == [
        ("missing-column", 3), ("missing-column", 4), ("missing-column", 5),
    ]  # fmt: skip
    assert "did you mean `report_id`?" in str(caught.value)
    assert "^^^^^^^^" in str(caught.value)


def test_a_missing_column_of_an_event(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticsError, match="no column `clsed`"):
        read(tmp_path, "opened,closed,report_id\n", "log: {events: {report.closed: {time: clsed}}}")


def test_a_number_is_no_time_without_a_format(tmp_path: Path) -> None:
    import pandas as pd

    pd.DataFrame({"event": ["report.received"], "time": [1704110400], "report_id": ["r"]}).to_parquet(
        tmp_path / "a.parquet"
    )
    from auditor.log import load

    with pytest.raises(DiagnosticsError, match="no time by itself"):
        load(tmp_path / "a.parquet", mapped(tmp_path, "log: {time: time}"))
    log = load(tmp_path / "a.parquet", mapped(tmp_path, "log: {time: {column: time, format: epoch_s}}"))
    assert log.observed_until.year == 2024


def test_a_missing_mapping_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="no such mapping"):
        load_mapping(tmp_path / "none.yaml")
    mapped(tmp_path, "log: {}\n")
    with pytest.raises(UnusableError, match=r"did you mean `.*log\.mapping\.yaml`"):
        load_mapping(tmp_path / "log.maping.yaml")


def test_a_log_that_needs_a_mapping_is_told_of_both_shapes(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=r"mapping \(-m\): `event: COLUMN`, or `events: \{NAME: TIME COLUMN\}`"):
        read(tmp_path, "ticket,opened\n1,2020-01-01\n")
