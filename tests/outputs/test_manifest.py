"""The manifest: what an audit was made of, and what came out, as a file."""

from __future__ import annotations

import hashlib
import io
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from auditor.log.contents import Content
from auditor.log.log import Health
from auditor.log.origin import Origin
from auditor.outputs import Target, write, write_files
from auditor.results.manifest import NOTHING
from auditor.results.options import VERDICTS
from auditor.results.provenance import LIBRARIES, time_zones
from tests.outputs.story import grouped, hostile, story
from tests.results.fake import audit, finding, log, rule

GOLDEN = Path(__file__).parent / "golden" / "audit.manifest.json"


def text(of: Any) -> str:
    stream = io.BytesIO()
    write(of, "manifest", stream)
    return stream.getvalue().decode("ascii")


def rules(of: Any) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in json.loads(text(of))["result"]["rules"]}


def test_as_expected(request: pytest.FixtureRequest) -> None:
    found = text(story()).replace(json.dumps(time_zones()), '"ZONES"').replace(platform.python_version(), "PYTHON")
    for name in ("report-auditor", *LIBRARIES):
        key = name.replace("report-", "")
        found = found.replace(f'"{key}": "{version(name)}"', f'"{key}": "VERSION"')
    if request.config.getoption("--update"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_a_digest_can_be_made_from_any_other_output() -> None:
    """The findings as JSON Lines, their fields with tabs between them, sorted as bytes."""
    stream = io.BytesIO()
    write(story(), "jsonl", stream)
    fields = ("fingerprint", "verdict", "reason", "due_at", "met_at", "late_seconds")
    lines: dict[str, list[str]] = {}
    for found in map(json.loads, stream.getvalue().splitlines()):
        if found["verdict"] in ("violated", "undetermined"):
            cells = ("" if found[name] is None else str(found[name]) for name in fields)
            lines.setdefault(found["rule_id"], []).append("\t".join(cells) + "\n")
    made = {name: hashlib.sha256("".join(sorted(some)).encode()).hexdigest() for name, some in lines.items()}
    told = {name: one["findings_sha256"] for name, one in rules(story()).items()}
    assert set(made) == {"referral-in-time", "not-restored"}
    assert told == {**dict.fromkeys(told, NOTHING), **made}


def test_a_digest_depends_on_each_part_and_on_no_order() -> None:
    base = [finding(subject="R1"), finding(subject="R2", number=2), finding("met", subject="R3", number=3)]
    [told] = {one["findings_sha256"] for one in rules(audit(*base)).values()}
    assert rules(audit(*base[::-1]))["referral-in-time"]["findings_sha256"] == told
    assert rules(audit(*base, show=("met",)))["referral-in-time"]["findings_sha256"] == told
    assert rules(audit(*base[:2]))["referral-in-time"]["findings_sha256"] == told
    due = base[0]["activated_at"]
    changes = [
        {"fingerprint": "f" * 32}, {"verdict": "undetermined"}, {"reason": "not_recorded"}, {"due_at": due},
        {"met_at": due}, {"late_seconds": 1},
    ]  # fmt: skip
    digests = {rules(audit({**base[0], **one}, *base[1:]))["referral-in-time"]["findings_sha256"] for one in changes}
    assert len({told, *digests}) == len(changes) + 1


def test_many_findings_of_many_rules_are_told_apart() -> None:
    many = [finding(subject=f"R{n}", rule_id=f"rule-{n % 3}", number=n) for n in range(60_000)]
    found = rules(audit(*many, rules=tuple(rule(f"rule-{n}") for n in range(3))))
    for n in range(3):
        lines = sorted(f"{m:032x}\tviolated\t\t\t\t\n" for m in range(n, 60_000, 3))
        assert found[f"rule-{n}"]["findings_sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_groups_have_counts_and_a_digest() -> None:
    found = rules(grouped())["median-answer"]["groups"]
    assert {name: found[name] for name in ("violated", "undetermined", "met")} == {
        "violated": 2, "undetermined": 2, "met": 1,
    }  # fmt: skip
    assert found["sha256"] != rules(grouped())["answered"]["groups"]["sha256"]


def test_counts_are_whole_and_subjects_are_left_out() -> None:
    found = rules(hostile("=1+1", "secret-subject"))
    assert [one["violated"] for one in found.values()] == [1, 1]
    assert set(VERDICTS) <= set(found["rule-0"])
    assert "secret" not in text(hostile("secret-subject"))


def test_names_of_files_cannot_do_anything(tmp_path: Path) -> None:
    name = "\x1b[2J\x7f\u202e\udcff<script>::error::.csv"
    health = Health(files=(name,), rows=1, events=1, out_of_order=0)
    of = audit(finding(), log=log(health=health, origin=Origin((name,), (Content.of_bytes(b"", name),))))
    told = text(of)
    assert not {"\x1b", "\x7f"} & set(told)
    assert json.loads(told)["provenance"]["log"] == {
        "given": [name], "files": [{"file": name, "size": 0, "sha256": NOTHING}],
    }  # fmt: skip
    write_files(of, [Target("manifest", tmp_path / "audit.json")])
    assert (tmp_path / "audit.json").read_text() == told
