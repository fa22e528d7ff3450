"""What claims to be a manifest may be cut, foreign, newer or hostile: an error with place and remedy, never a guess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.base.diagnostics import UnusableError
from auditor.results import manifest_file
from auditor.results.manifest_file import read_manifest
from auditor.results.verify import verify
from tests.results.manifests import example, pack

WHOLE = json.dumps(example())
RULE = example()["result"]["rules"][0]


def caught(path: Path, raw: str | bytes) -> UnusableError:
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    with pytest.raises(UnusableError) as found:
        read_manifest(path)
    assert found.value.diagnostic.place.file == str(path)
    assert found.value.diagnostic.help
    return found.value


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(WHOLE)
    assert read_manifest(tmp_path / "a.json").model_dump() == example()


@pytest.mark.parametrize("length", [1, 2, len(WHOLE) // 3, len(WHOLE) - 1])
def test_a_manifest_that_is_cut(tmp_path: Path, length: int) -> None:
    error = caught(tmp_path / "a.json", WHOLE[:length])
    assert error.diagnostic.code == "manifest-damaged"
    assert error.diagnostic.place.line == 1


@pytest.mark.parametrize(
    "raw",
    [
        "", "event,time\n", "[]", "null", '"manifest"', "{}", '{"auditor": "1", "findings": []}',
        '{"manifest": "1"}', '{"manifest": true}', '{"manifest": 0}', '{"manifest": null}', "[" * 200_000,
        '{"manifest": ' + "9" * 5000 + "}",
    ],
)  # fmt: skip
def test_what_is_no_manifest(tmp_path: Path, raw: str) -> None:
    assert caught(tmp_path / "a.json", raw).diagnostic.code == "manifest-foreign"


def test_a_result_is_told_from_a_manifest(tmp_path: Path) -> None:
    error = caught(tmp_path / "a.json", '{"auditor": "0.1.0", "rules": [], "findings": []}')
    assert error.diagnostic.code == "manifest-foreign"
    assert "this is the JSON result of an audit, not its manifest" in str(error)


def test_a_key_that_stands_twice_shows_readers_another_number(tmp_path: Path) -> None:
    twice = WHOLE.replace('"violated": 2', '"violated": 0, "violated": 2', 1)
    assert twice != WHOLE
    assert "`violated` stands twice" in str(caught(tmp_path / "a.json", twice))


def test_a_manifest_of_a_later_form(tmp_path: Path) -> None:
    error = caught(tmp_path / "a.json", json.dumps({"manifest": 2, "unknown": {}}))
    assert error.diagnostic.code == "manifest-newer"
    assert "update auditor" in str(error)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("provenance.as_of", "yesterday", "provenance.as_of"),
        ("provenance.as_of", "2020-02-26T00:00:00", "provenance.as_of"),
        ("provenance.log.files.0.sha256", "f", "provenance.log.files.0.sha256"),
        ("provenance.log.files.0.size", -1, "provenance.log.files.0.size"),
        ("provenance.log.given", ["a\0b"], "provenance.log.given.0"),
        ("provenance.log.given", ["x" * 256], "provenance.log.given.0"),
        ("provenance.log.given", [""], "provenance.log.given.0"),
        ("provenance.log.given", ["\ud800"], "provenance.log.given.0"),
        ("provenance.log.given", "log.csv", "provenance.log.given"),
        ("provenance.settings", {"limit": 3}, "provenance.settings.limit"),
        ("provenance.options.max_rejects", float("nan"), "provenance.options.max_rejects"),
        ("result.rules.0.violated", "2", "result.rules.0.violated"),
        ("result.surplus", 1, "result.surplus"),
        ("result.rules", [RULE | {"violated": 7}, RULE], "result.rules"),
        ("provenance.rules.packs", [pack("test", "b"), pack()], "provenance.rules.packs"),
        ("x" * 1000, 1, "x" * 200),
    ],
)  # fmt: skip
def test_a_manifest_with_a_wrong_value(tmp_path: Path, path: str, value: Any, where: str) -> None:
    error = caught(tmp_path / "a.json", json.dumps(example((path, value))))
    assert error.diagnostic.code == "manifest-damaged"
    assert f"`{where}`" in error.diagnostic.message


def test_a_file_that_is_no_text_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest_file, "MAX_BYTES", 1000)
    (tmp_path / "a.json").write_text(" " * 1001)
    (tmp_path / "b.json").write_bytes(b"\xff")
    cases = {"a.json": "file-too-large", "b.json": "not-utf8", "c.json": "file-missing", ".": "file-is-folder"}
    for name, code in cases.items():
        with pytest.raises(UnusableError) as found:
            read_manifest(tmp_path / name)
        assert found.value.diagnostic.code == code


@pytest.mark.parametrize(
    ("changes", "code", "help"),
    [
        ([("provenance.log.given", ["-"])], "manifest-log", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", [None])], "manifest-log", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", [])], "manifest-log", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", ["gone.csv"])], "manifest-moved", "working directory"),
        ([("provenance.log.given", ["fifo"])], "manifest-moved", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", ["/dev/zero"])], "manifest-moved", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", ["folder"])], "manifest-moved", "auditor verify MANIFEST LOG"),
        ([("provenance.log.given", ["none-*.csv"])], "log-missing", ""),
        ([("provenance.log.given", ["https://example.org/log.csv"])], "manifest-moved", "working directory"),
        ([("provenance.mapping", {"file": None, "size": 1, "sha256": "a" * 64})], "manifest-mapping", "-m"),
        ([("provenance.mapping", {"file": "fifo", "size": 1, "sha256": "a" * 64})], "manifest-moved", "-m FILE"),
        ([("provenance.rules.given", None)], "manifest-rules", "-r"),
        ([("provenance.rules.given", ["fifo"])], "manifest-moved", "-r RULES"),
    ],
)  # fmt: skip
def test_inputs_that_are_not_there_and_what_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: list[tuple[str, Any]], code: str, help: str
) -> None:
    """Devices and pipes are never opened: this test would not end."""
    import os

    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    Path("folder").mkdir()
    Path("log.csv").write_text("event,time,report_id\nreport.received,2020-01-20T09:00:00Z,R1\n")
    Path("a.json").write_text(json.dumps(example(*changes)))
    with pytest.raises(UnusableError) as found:
        verify("a.json")
    assert found.value.diagnostic.code == code
    assert help in found.value.diagnostic.help
