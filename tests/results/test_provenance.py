"""What an audit was made of: as given, with digests, and never of something else than was read."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from auditor.base.diagnostics import UnusableError
from auditor.log import load
from auditor.log.contents import Content
from auditor.log.mapping import Mapping
from auditor.results.audit import Audit, Inputs
from auditor.results.provenance import LIBRARIES, complete, key, provenance
from auditor.rules import load_rules
from tests.results.fake import FakeJudgement

ROWS = "event,time,report_id\nreport.received,2020-01-20T09:00:00Z,R1\n"
BASE = "pack: base\nversion: 1.0.0\ntitle: Base\nparameters: {limit: 24h}\nrules:\n" + (
    "  - {id: seen, title: Seen, severity: low, when: report.received,\n"
    "     followed_by: {event: report.acknowledged, within: params.limit}}\n"
)
OWN = "pack: own\nversion: 1.0.0\ntitle: Own\nextends: [../base.yaml, child-safety]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: two logs, a mapping, and rules that build on others."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(f"{name}.csv").write_text(ROWS.replace("R1", name))
    Path("m.yaml").write_text("log: {covers: [report.received]}\n")
    Path("base.yaml").write_text(BASE)
    Path("own").mkdir()
    Path("own/rules.yaml").write_text(OWN)
    return tmp_path


def made(log: Any = "a.csv", mapping: Any = None, rules: Any = "base.yaml", **asked: Any) -> dict[str, Any]:
    loaded = load(log, mapping)
    ruleset = load_rules([rules], **{name: asked.pop(name) for name in ("settings", "only") if name in asked})
    judged = FakeJudgement([], {}, as_of=loaded.observed_until)
    audit = Audit(ruleset, loaded, judged, (), ("violated",), "low", inputs=Inputs(**asked))  # type: ignore[arg-type]
    found = provenance(audit)
    assert json.loads(json.dumps(found)) == found
    assert provenance(audit) == found
    return found


def sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_inputs_stand_as_given_with_their_digests(folder: Path) -> None:
    found = made(["./*.csv", "b.csv"], "m.yaml")
    assert found["log"]["given"] == ["./*.csv", "b.csv"]
    assert [one["file"] for one in found["log"]["files"]] == ["./a.csv", "./b.csv", "b.csv"]
    assert [one["sha256"] for one in found["log"]["files"]] == [sha256("a.csv"), sha256("b.csv"), sha256("b.csv")]
    assert found["log"]["files"][0]["size"] == len(ROWS) - 1
    assert found["mapping"] == {"file": "m.yaml", "size": Path("m.yaml").stat().st_size, "sha256": sha256("m.yaml")}
    assert str(folder) not in json.dumps(found)


def test_rules_stand_with_every_file_that_was_read(folder: Path) -> None:
    rules = made(rules="own/rules.yaml")["rules"]
    assert rules["given"] == ["own/rules.yaml"]
    files = {file["file"]: file for file in rules["files"]}
    assert set(files) == {"own/rules.yaml", "own/../base.yaml", "child-safety.yaml"}
    assert [name for name, file in files.items() if file["shipped"]] == ["child-safety.yaml"]
    assert files["own/../base.yaml"]["sha256"] == sha256("base.yaml")
    assert [pack["name"] for pack in rules["packs"]] == ["base", "child-safety", "own"]


def test_options_and_versions(folder: Path) -> None:
    found = made(settings={"limit": "1h"}, only=["se*"], as_of="now", by=("month",))
    assert found["settings"] == {"limit": "1h"}
    assert found["options"] == {
        "only": ["se*"], "by": ["month"], "show": ["violated"], "as_of": "now", "max_rejects": 0.001, "fail_on": "low",
    }  # fmt: skip
    assert found["as_of"] == "2020-01-20T09:00:00Z"
    assert set(found["libraries"]) == set(LIBRARIES)
    assert all(text[0].isdigit() for text in (found["auditor"], found["python"], *found["libraries"].values()))
    assert found["time_zones"] is None or found["time_zones"][:2] == "20"


def test_standard_input_is_known_by_what_came_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(ROWS.encode())))
    found = made("-")
    digest = hashlib.sha256(ROWS.encode()).hexdigest()
    assert found["log"] == {"given": ["-"], "files": [{"file": "-", "size": len(ROWS), "sha256": digest}]}


def test_tables_in_memory_are_not_known(folder: Path) -> None:
    found = made(pd.read_csv("a.csv"))
    assert found["log"] == {"given": [None], "files": [None]}
    assert not complete(found)
    assert key(found) is None


def test_a_mapping_made_in_python_is_known_by_what_it_says(folder: Path) -> None:
    digests = []
    for covers in (["report.received"], ["report.received"], ["report.received", "report.closed"]):
        mapping = made(mapping=Mapping.model_validate({"covers": covers}))["mapping"]
        assert mapping["file"] is None
        digests.append(mapping["sha256"])
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("name", ["a.csv", "m.yaml"])
def test_what_changed_since_it_was_read_is_no_provenance(folder: Path, name: str) -> None:
    loaded = load("a.csv", "m.yaml")
    judged = FakeJudgement([], {}, as_of=loaded.observed_until)
    audit = Audit(load_rules(["base.yaml"]), loaded, judged, (), (), "low")  # type: ignore[arg-type]
    Path(name).write_text(Path(name).read_text() + "\n")
    with pytest.raises(UnusableError) as caught:
        provenance(audit)
    assert caught.value.diagnostic.code == "input-changed"
    assert caught.value.diagnostic.place.file == name
    Path(name).unlink()
    with pytest.raises(UnusableError) as caught:
        provenance(audit)
    assert caught.value.diagnostic.code == "input-gone"


def test_a_file_of_the_same_size_that_is_newer_has_changed(folder: Path) -> None:
    content = Content.of_file(Path("a.csv"), "a.csv")
    assert content.sha256() == sha256("a.csv")
    os.utime("a.csv", ns=(0, content.modified + 1))
    with pytest.raises(UnusableError):
        content.sha256()


def test_the_working_directory_may_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Content.of_file(Path("a.csv"), "a.csv")
    monkeypatch.chdir("own")
    assert content.sha256() == sha256("../a.csv")


def test_the_key_is_that_of_the_verdicts(folder: Path) -> None:
    """The same for the same contents elsewhere, shown otherwise; another for whatever can change a verdict."""
    first = key(made())
    assert first is not None
    Path("copy.csv").write_text(ROWS.replace("R1", "a"))
    assert key(made("copy.csv", by=("month",), as_of="now")) == first
    others = [
        made("b.csv"), made(mapping="m.yaml"), made(settings={"limit": "1h"}), made(only=["seen"]),
        made(rules="own/rules.yaml"), {**made(), "as_of": "2020-01-20T09:00:01Z"}, {**made(), "libraries": {}},
    ]  # fmt: skip
    assert len({first, *map(key, others)}) == len(others) + 1
