"""`auditor verify`: audit, keep the manifest, change something, and hear what."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import LOG, RULES, Done

Run = Callable[..., Done]


@pytest.fixture
def manifest(folder: Path, run: Run) -> Path:
    """The manifest of an audit of two files with settings, beside them."""
    lines = LOG.splitlines(keepends=True)
    (folder / "p1.csv").write_text("".join(lines[:3]))
    (folder / "p2.csv").write_text("".join(lines[:1] + lines[3:]))
    (folder / "m.yaml").write_text("log: {observed_until: 2020-01-23T00:00:00Z}\n")
    done = run("check", "p*.csv", "-r", "rules.yaml", "-m", "m.yaml", "--set", "limit=20h", "--as-of", "now", "-q",
               "--output", "manifest=audit.json")  # fmt: skip
    assert (done.code, done.err) == (1, "")
    return folder / "audit.json"


def test_the_same_again_and_then_a_change_of_each_kind(manifest: Path, folder: Path, run: Run) -> None:
    (folder / "auditor.yaml").write_text("mapping: gone.yaml\nrules: quiet.yaml\nset: [limit=9h]\nlog: log.csv\n")
    done = run("verify", "audit.json")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "All the same: log, mapping, rules, versions and result."

    found = json.loads(manifest.read_text())
    found["provenance"]["libraries"]["duckdb"] = "1.0.0"
    manifest.write_text(json.dumps(found))
    (folder / "p2.csv").write_text((folder / "p2.csv").read_text().replace("R2,V1,csam", "R2,V1,other"))
    (folder / "p3.csv").write_text("event,time,report_id\nreport.received,2020-01-22T09:00:00Z,R9\n")
    (folder / "m.yaml").write_text((folder / "m.yaml").read_text() + "# moved\n")
    (folder / "rules.yaml").write_text(RULES.replace("version: 1.0.0", "version: 1.1.0"))
    done = run("verify", "audit.json", "--format", "json")
    assert done.code == 1
    messages = [one["message"] for one in json.loads(done.out)["differences"]]
    for number, part in enumerate((
        "p2.csv has changed", "p3.csv is new", "m.yaml has changed", "small has changed, version 1.0.0 before, 1.1.0",
        "rules.yaml has changed", "duckdb 1.0.0 before", "rows read: 5 before, 6 now", "events read",
        "referral-in-time: 2 violated before, 1 now; 0 undetermined before, 1 now; other findings",
    )):  # fmt: skip
        assert part in messages[number]


def test_inputs_may_lie_elsewhere(manifest: Path, folder: Path, run: Run) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    for name in ("p1.csv", "p2.csv", "m.yaml", "rules.yaml"):
        (folder / name).rename(elsewhere / f"moved-{name}")
    done = run("verify", "audit.json", "elsewhere/moved-p2.csv", "elsewhere/moved-p1.csv")
    assert done.code == 2
    assert "m.yaml: error[manifest-moved]: the mapping of this manifest is not there" in done.err
    assert "-m FILE" in done.err
    arguments = ("elsewhere/moved-p2.csv", "elsewhere/moved-p1.csv", "-m", "elsewhere/moved-m.yaml", "-r",
                 "elsewhere/moved-rules.yaml")  # fmt: skip
    done = run("verify", "audit.json", *arguments)
    assert (done.code, done.err) == (0, "")


def test_standard_input_is_named_by_its_content(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(LOG.encode())))
    run("check", "-", "-r", "rules.yaml", "-q", "--output", "manifest=audit.json")
    done = run("verify", "audit.json")
    assert done.code == 2
    assert "came from standard input" in done.err
    assert run("verify", "audit.json", "log.csv").code == 0


def test_what_cannot_be_verified(folder: Path, run: Run) -> None:
    (folder / "result.json").write_text('{"auditor": "0.1.0", "findings": []}')
    for arguments, code, part in (
        (("verify",), 2, "Missing argument"), (("verify", "none.json"), 2, "there is no such manifest"),
        (("verify", "result.json"), 2, "manifest-foreign"), (("verify", "log.csv"), 2, "--output manifest=audit.json"),
        (("verify", "result.json", "--format", "csv"), 2, "is not one of table, json"),
    ):  # fmt: skip
        done = run(*arguments)
        assert done.code == code
        assert part in done.err
        assert "Traceback" not in done.err
