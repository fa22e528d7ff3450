"""SARIF: valid by the standard's schema, and no result looks like a violation that stands unless it is one."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

import auditor
from auditor.base.diagnostics import Place
from auditor.log.log import Health
from auditor.outputs import write
from auditor.outputs.sarif import run
from auditor.results.audit import Audit
from tests.outputs.marked import marked, plain
from tests.outputs.story import grouped, hostile, story
from tests.outputs.test_hostile import ATTACKS
from tests.results.fake import audit, finding, log, rule

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
ROOT = Path(__file__).parents[2]


def text(of: Audit) -> str:
    stream = io.BytesIO()
    write(of, "sarif", stream)
    return stream.getvalue().decode()


def sarif(of: Audit | str) -> dict[str, Any]:
    """The run; the whole file is valid."""
    found = json.loads(of if isinstance(of, str) else text(of))
    _validator().validate(found)
    [only] = found["runs"]
    return only


@cache
def _validator() -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return sarif(marked())


@pytest.fixture(scope="module")
def descriptors(told: dict[str, Any]) -> dict[str, Any]:
    return {rule["id"]: rule for rule in told["tool"]["driver"]["rules"]}


def of(told: dict[str, Any], id: str) -> list[dict[str, Any]]:
    return [result for result in told["results"] if result["ruleId"] == id]


def test_the_schema_refuses_what_is_no_sarif() -> None:
    with pytest.raises(jsonschema.ValidationError):
        _validator().validate({"version": "2.1.0", "runs": [{"tool": {}}]})


@pytest.mark.parametrize("made", [story, grouped, plain, marked, lambda: audit(finding("met"), show=("violated",))])
def test_valid_and_the_same_twice(made: Any) -> None:
    found = text(made())
    assert sarif(found)["tool"]["driver"]["semanticVersion"] == auditor.__version__
    assert found == text(made())


def test_kinds_and_levels(told: dict[str, Any]) -> None:
    found = {(r["ruleId"], r["kind"], r["level"]) for r in told["results"]}
    assert found == {
        ("grave", "fail", "error"), ("grave/waived", "fail", "note"), ("grave/undetermined", "open", "none"),
        ("grave/met", "pass", "none"), ("middling", "fail", "warning"), ("middling/pending", "open", "none"),
        ("middling/exempt", "notApplicable", "none"), ("middling/resolved", "fail", "note"),
        ("slight", "fail", "note"), ("drafted", "informational", "none"), ("levelled", "fail", "error"),
        ("levelled/undetermined", "open", "none"), ("levelled/met", "pass", "none"),
    }  # fmt: skip


def test_only_kind_fail_has_a_level(told: dict[str, Any]) -> None:
    """SARIF 2.1.0, 3.27.10."""
    assert all((result["kind"] == "fail") == (result["level"] != "none") for result in told["results"])


def test_only_rules_themselves_have_a_severity_for_tools_that_know_nothing_else(descriptors: dict[str, Any]) -> None:
    scored = {id for id, one in descriptors.items() if "security-severity" in one["properties"]}
    assert scored == {"grave", "middling", "levelled", "silent", "unseen"}  # neither drafts nor `info`
    assert all("security" in descriptors[id]["properties"]["tags"] for id in scored)
    levels = {id: one["defaultConfiguration"]["level"] for id, one in descriptors.items()}
    assert {levels[id] for id in levels if "/" in id} == {"none", "note"}
    assert levels["drafted"] == "none"


def test_every_result_refers_to_its_descriptor(told: dict[str, Any]) -> None:
    rules = told["tool"]["driver"]["rules"]
    for result in told["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_what_is_told_of_a_rule(descriptors: dict[str, Any]) -> None:
    grave = descriptors["grave"]
    assert grave["shortDescription"]["text"] == "Title of grave"
    assert grave["fullDescription"]["text"].startswith("Whenever there is a report.received, referral.submitted must")
    for help in (grave["help"]["text"], grave["help"]["markdown"]):
        assert "Children wait." in help
        assert "18 U.S.C. § 2258A(a)(1)" in help
        assert "no breach of the law" in help
    assert "\n\n" in grave["help"]["text"]
    assert grave["helpUri"] == "https://example.org/2258a"
    assert "helpUri" not in descriptors["middling"]
    assert descriptors["drafted"]["shortDescription"]["text"] == "Draft: Title of drafted"
    assert "never fails an audit" in descriptors["drafted"]["help"]["text"]


def test_statuses(told: dict[str, Any]) -> None:
    states = {result["properties"].get("subject"): result.get("baselineState") for result in of(told, "grave")}
    assert states == {"R1": "unchanged", "R2": "new"}
    [gone] = of(told, "middling/resolved")
    assert gone["baselineState"] == "absent"
    assert gone["message"]["text"] == "report_id R77: violated in baseline old.json, and no longer"
    assert gone["partialFingerprints"]["auditorFinding/v1"] == f"{77:032x}"


def test_waivers_are_suppressions_and_all_results_say_whether_they_have_one(told: dict[str, Any]) -> None:
    """SARIF 2.1.0, 3.27.23: on all results of a run or on none."""
    assert all("suppressions" in result for result in told["results"])
    assert not any("suppressions" in result for result in sarif(plain())["results"])
    waived = [result for result in told["results"] if result["suppressions"]]
    assert [(r["ruleId"], r["properties"]["subject"]) for r in waived] == [
        ("grave/waived", "R3"), ("grave/undetermined", "R3"),
    ]  # fmt: skip
    [suppression] = waived[0]["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "under appeal; approved by the board, until 2027-03-31"
    assert suppression["location"]["physicalLocation"] == {
        "artifactLocation": {"uri": "waivers.yaml", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 4},
    }  # fmt: skip


def test_every_result_has_a_place_since_hosts_refuse_files_with_one_that_has_none(told: dict[str, Any]) -> None:
    for result in told["results"]:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_groups_stand_where_the_rule_is_written(told: dict[str, Any]) -> None:
    [chat] = of(told, "levelled")
    assert chat["message"]["text"].startswith("platform chat: 50% met < 95%")
    assert chat["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "r.yaml"
    assert chat["properties"]["group"] == {"platform": "chat"}
    prints = [r["partialFingerprints"]["auditorFinding/v1"] for r in told["results"]]
    assert len(set(prints)) == len(prints)


def test_what_could_not_be_judged_is_a_notification(told: dict[str, Any]) -> None:
    [invocation] = told["invocations"]
    assert invocation["executionSuccessful"] is True
    by_rule = {
        one["associatedRule"]["id"]: one["message"]["text"]
        for one in invocation["toolExecutionNotifications"] if "associatedRule" in one
    }  # fmt: skip
    assert by_rule["unseen"] == "unseen could not be judged on this log: the log cannot record report.closed"
    assert by_rule["silent"] == "silent never activated; silence is not compliance"
    texts = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
    assert texts[1] == "compared with baseline old.json: 4 new, 1 continuing, 1 resolved"


def test_more_results_than_hosts_show_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SHOWN", 12)
    [note] = [
        one["message"]["text"] for one in sarif(plain())["invocations"][0]["toolExecutionNotifications"]
        if "GitHub" in one["message"]["text"]
    ]  # fmt: skip
    assert note.startswith("this run has 15 results; GitHub shows 12 and accepts 25,000")


@pytest.mark.parametrize(
    ("name", "body", "line"),
    [
        ("log.csv", "a,b\n1,2\n", 2), ("log.tsv", "a\tb\n1\t2\n", 2), ("log.jsonl", '{"a": "\\""}\n{}\n', 2),
        ("log.csv", 'a,b\n1,"two\nlines"\n', None), ("log.csv", 'a,b\n1,"one ""line"""\n', 2),
        ("log.json", "[{},\n{}]", None), ("log.parquet", "PAR1", None), ("log.csv.gz", "\x1f", None),
        ("<stdin>", "", None), ("gone.csv", None, None),
    ],
)  # fmt: skip
def test_a_row_is_a_line_only_where_that_is_so(
    name: str, body: str | None, line: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if body is not None:
        (tmp_path / name).write_text(body)
    [result] = sarif(audit(finding(), log=log(health=Health((name,), 1, 1, out_of_order=0))))["results"]
    [place] = result["locations"]
    assert place["physicalLocation"].get("region") == ({"startLine": line} if line else None)
    assert place["properties"] == {"row": 2}
    assert "row 2" in place["message"]["text"]


@pytest.mark.parametrize(
    ("label", "uri", "roles"),
    [
        ("a b/ü%.csv", "a%20b/%C3%BC%25.csv", ["analysisTarget"]),
        ("c:d?.csv", "c%3Ad%3F.csv", ["analysisTarget"]),
        ("<stdin>", "%3Cstdin%3E", ["analysisTarget", "standardStream"]),
        ("<table>", "%3Ctable%3E", ["analysisTarget", "memoryContents"]),
        ("/elsewhere/x y.csv", "file:///elsewhere/x%20y.csv", ["analysisTarget"]),
    ],
)  # fmt: skip
def test_addresses_of_logs(label: str, uri: str, roles: list[str]) -> None:
    told = sarif(audit(finding(), log=log(health=Health((label,), 1, 1, out_of_order=0))))
    assert told["artifacts"][0]["location"]["uri"] == uri
    assert told["artifacts"][0]["roles"] == roles
    assert told["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert unquote(uri).removeprefix("file://") == label


def test_a_log_below_the_working_directory_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = sarif(audit(finding(), log=log(health=Health((str(tmp_path / "in" / "a.csv"),), 1, 1, out_of_order=0))))
    assert told["artifacts"][0]["location"] == {"uri": "in/a.csv", "uriBaseId": "%SRCROOT%"}


def test_shipped_packs_have_the_same_name_on_every_machine() -> None:
    from auditor.rules import load_rules

    shipped = load_rules(["child-safety"], only=["referral-in-time"])
    found = text(audit(finding(), rules=shipped.rules))
    assert '"uri": "rules/child-safety.yaml", "uriBaseId": "AUDITOR"' in found
    assert str(ROOT) not in found
    assert "/_packs/" not in found


def test_hostile_values_stay_what_they_are_and_say_nothing() -> None:
    attacks = [*ATTACKS, "[click](https://evil.example)", "{0}", "a](b", "%0A::error::x"]
    told = sarif(hostile(*attacks))
    assert [result["properties"]["subject"] for result in told["results"]] == attacks
    for result in told["results"]:
        said = result["message"]["text"]
        assert "](" not in said
        assert "{0}" not in said.replace("{{0}}", "")
        assert "\n" not in said
        assert "\x1b" not in said


def test_long_values_are_cut_in_messages_and_whole_in_properties() -> None:
    long = "x" * 1_000_000
    [result] = sarif(hostile(long))["results"]
    assert result["properties"]["subject"] == long
    assert len(result["message"]["text"]) < 500
    assert "…" in result["message"]["text"]


def test_rule_files_are_not_trusted_either() -> None:
    bad = rule(
        "r", title="[x](javascript:1) <script>", why="\x1b[2J\u202e", refs=('https://e.example/"><script>',),
        place=Place("rüles [1].yaml", 3),
    )  # fmt: skip
    told = sarif(audit(finding(rule_id="r"), rules=(bad,)))
    [made] = told["tool"]["driver"]["rules"]
    assert "](" not in made["shortDescription"]["text"]
    assert "<script>" not in made["help"]["markdown"].replace("\\<script\\>", "")
    assert made["helpUri"] == "https://e.example/"
    assert "\x1b" not in made["help"]["text"]
    assert told["artifacts"][1]["location"]["uri"] == "r%C3%BCles%20%5B1%5D.yaml"
