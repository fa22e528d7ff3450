"""Baselines: read back as they were written, and refused where they would mislead."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.base.diagnostics import AuditorError
from auditor.outputs import write
from auditor.results.baseline import read_baseline
from tests.results.fake import audit, finding

ROWS = (finding(), finding("undetermined", "R2", number=2, reason="missing_value"), finding("met", "R3", number=3))


def result(**changes: Any) -> dict[str, Any]:
    stream = io.BytesIO()
    write(audit(*ROWS), "json", stream)
    return json.loads(stream.getvalue()) | changes  # type: ignore[no-any-return]


def saved(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "old.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_what_was_written_is_known(tmp_path: Path) -> None:
    found = audit(*ROWS).marked(read_baseline(saved(tmp_path, result())))
    assert found.findings().status.tolist() == ["continuing", "continuing", ""]
    assert found.comparison is not None
    assert found.comparison.source == f"baseline {tmp_path / 'old.json'}"
    assert found.comparison.resolved == 0


def test_a_baseline_of_another_layout_is_read_as_well(tmp_path: Path) -> None:
    assert len(read_baseline(saved(tmp_path, json.dumps(result(), indent=4))).findings) == 2


def without(key: str) -> dict[str, Any]:
    row = {**result()["findings"][0]}
    del row[key]
    return result(findings=[row, *result()["findings"][1:]])


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        ("", "baseline-foreign", "no whole JSON"),
        ('{"auditor": "0.1.0",\n"findings": [', "baseline-foreign", "old.json:2:14"),
        ("[]", "baseline-foreign", "no JSON result of an audit"),
        ('{"version": "2.1.0", "runs": []}', "baseline-foreign", "no JSON result of an audit"),
        ('{"manifest": 1, "provenance": {}}', "baseline-foreign", "this is a manifest, which lists no findings"),
        ("[" * 100_000, "baseline-foreign", "nested too deep"),
        (result(findings=None), "baseline-foreign", "`findings` is no list"),
        (result(rules=[1]), "baseline-foreign", "`rules` is no list of objects"),
        (result(rules=[{"violated": "1", "undetermined": 0}]), "baseline-foreign", "no number of `violated`"),
        (result(findings=result()["findings"][1:]), "baseline-cut", "lists 1 of the 2 findings"),
        (without("fingerprint"), "baseline-foreign", "no `fingerprint`"),
        (without("activated_at"), "baseline-foreign", "no moment `activated_at`"),
    ],
)  # fmt: skip
def test_a_baseline_that_would_mislead_is_refused(tmp_path: Path, content: Any, code: str, told: str) -> None:
    path = saved(tmp_path, content)
    with pytest.raises(AuditorError) as caught:
        read_baseline(path)
    assert f"[{code}]" in str(caught.value)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)
    assert "help: " in str(caught.value)


def test_no_file_a_folder_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="there is no such baseline"):
        read_baseline(tmp_path / "none.json")
    with pytest.raises(AuditorError, match="is a folder"):
        read_baseline(tmp_path)
    (tmp_path / "binary.json").write_bytes(b"PAR1\xff\xfe")
    with pytest.raises(AuditorError, match="UTF-8"):
        read_baseline(tmp_path / "binary.json")
