"""Outputs go where they are told to, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.outputs import Target, distinct, known, target, write_files
from auditor.outputs.files import replacing
from tests.outputs.story import story


def code(caught: pytest.ExceptionInfo[UnusableError]) -> str:
    return caught.value.diagnostic.code


@pytest.mark.parametrize(
    ("text", "format", "path"),
    [
        ("a.csv", "csv", "a.csv"), ("a.JSON", "json", "a.JSON"), ("a.ndjson", "jsonl", "a.ndjson"),
        ("a.txt", "table", "a.txt"), ("csv=a.txt", "csv", "a.txt"), ("json=a", "json", "a"),
        ("month=5.csv", "csv", "month=5.csv"), ("csv=a=b", "csv", "a=b"),
    ],
)  # fmt: skip
def test_formats_come_from_the_name_or_the_suffix(text: str, format: str, path: str) -> None:
    assert target(text) == Target(format, Path(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.docx", "unknown-format"), ("a", "unknown-format"), ("cvs=a", "unknown-format"),
        ("xslx=a.csv", "unknown-format"),
        ("nowhere/a.csv", "output-no-folder"), (".", "output-is-folder"), ("csv=.", "output-is-folder"),
        ("csv=", "output-is-folder"), ("..", "output-is-folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_said_before_the_audit(text: str, expected: str) -> None:
    with pytest.raises(UnusableError) as caught:
        target(text)
    assert code(caught) == expected


def test_unknown_formats_get_a_suggestion() -> None:
    with pytest.raises(UnusableError) as caught:
        known("jsno")
    assert "did you mean `json`?" in str(caught.value)
    with pytest.raises(UnusableError):
        known("parquet", terminal=True)
    known("parquet")


def test_two_outputs_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    (tmp_path / "link.csv").symlink_to(path)
    for other in (path, tmp_path / "." / "a.csv", tmp_path / "link.csv"):
        with pytest.raises(UnusableError) as caught:
            distinct([Target("csv", path), Target("json", other)])
        assert code(caught) == "output-twice"
    distinct([Target("csv", path), Target("csv", tmp_path / "b.csv")])
    distinct([Target("csv", Path(os.devnull)), Target("json", Path(os.devnull))])


def test_no_output_goes_over_an_input(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="overwrite an input"):
        distinct([Target("csv", tmp_path / "log.csv")], inputs=[tmp_path / "log.csv"])


def test_files_are_written(tmp_path: Path) -> None:
    targets = [Target("csv", tmp_path / "a.csv"), Target("parquet", tmp_path / "a.parquet")]
    write_files(story(), targets)
    assert (tmp_path / "a.csv").read_text().count("\n") == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]


def _fail_half_way(stream: BinaryIO) -> None:
    stream.write(b"half")
    raise ZeroDivisionError


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as stream:
        _fail_half_way(stream)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"]


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        with replacing(tmp_path / "a.csv") as stream:
            stream.write(b"x")
    finally:
        os.umask(mask)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o640


def test_links_stay_links(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with replacing(tmp_path / "link.csv") as stream:
        stream.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_devices_are_written_to() -> None:
    with replacing(Path(os.devnull)) as stream:
        stream.write(b"x")
    assert Path(os.devnull).is_char_device()


def test_a_full_or_closed_disk_is_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(UnusableError) as caught, replacing(Path("/dev/full")) as stream:
        stream.write(b"x" * 100_000)
    assert code(caught) == "output-failed"
    with pytest.raises(UnusableError), replacing(tmp_path / "missing" / "a.csv"):
        pass
