"""Packs of law applied to Doe v. Twitter: no number of an operator becomes a breach, no law reaches back."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from auditor.outputs import Look, write
from auditor.results.audit import Audit
from auditor.results.check import check
from auditor.results.force import window
from auditor.rules import load_rules
from auditor.rules.model import Effective

ROOT = Path(__file__).parent.parent
CASE, MAPPING = (ROOT / "sample_data" / f"doe_v_twitter.{ending}" for ending in ("csv", "mapping.yaml"))
LAWS = ("eu-dsa", "us-2258a")

each_law = pytest.mark.parametrize("pack", LAWS)


@cache
def applied(pack: str) -> Audit:
    return check(CASE, ROOT / "rules" / f"{pack}.yaml", MAPPING)


@cache
def told(pack: str) -> str:
    return table(applied(pack))


def table(of: Audit) -> str:
    """The table, on one line."""
    stream = io.BytesIO()
    write(of, "table", stream, Look(width=10_000))
    return " ".join(stream.getvalue().decode().split())


@each_law
def test_nothing_is_called_a_breach_of_law(pack: str) -> None:
    [disclaimer] = {" ".join(one.disclaimer.split()) for one in applied(pack).ruleset.packs}
    assert disclaimer in told(pack)
    assert "breach" not in told(pack).replace(disclaimer, "").lower()


@each_law
def test_every_rule_that_was_not_in_force_is_told_with_its_dates(pack: str) -> None:
    asleep = [outcome.rule for outcome in applied(pack).outcomes if not outcome.in_force]
    assert asleep
    for rule in asleep:
        told_of = told(pack).split(f"Never activated: in force {window(rule)}, at no time that this log tells of: ")
        assert rule.id in told_of[1].split(" Log: ")[0], rule.id


def test_the_digital_services_act_finds_nothing_because_it_did_not_apply_yet() -> None:
    found = applied("eu-dsa")
    assert not any(outcome.activations or outcome.in_force for outcome in found.outcomes)
    assert "in force from 2024-02-17" in told("eu-dsa")
    assert told("eu-dsa").endswith(
        f"{len(found.outcomes)} of {len(found.outcomes)} rules were in force at no time of the log"
    )


def test_the_preservation_of_2020_is_that_of_90_days() -> None:
    by_id = {outcome.rule.id: outcome for outcome in applied("us-2258a").outcomes}
    assert by_id["us-2258a-preserved-90-days"].in_force
    assert not by_id["us-2258a-preserved-a-year"].in_force


def test_had_it_applied_each_missed_deadline_would_be_the_operators(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    union = "log:\n  fields: {jurisdiction: {value: EU}, channel: {value: article_16}}\n"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace("log:\n", union, 1), encoding="utf-8")
    law = load_rules([ROOT / "rules" / "eu-dsa.yaml"])
    undated = replace(law, rules=tuple(replace(rule, effective=Effective()) for rule in law.rules))
    found = check(CASE, undated, mapping)
    text = table(found)
    broken = [outcome.rule for outcome in found.outcomes if outcome["violated"]]
    assert "dsa-20-complaint-decided" in [rule.id for rule in broken]
    for rule in broken:
        assert f" {rule.title} 1 of 1 violated; deadline chosen by the operator; Regulation (EU) 2022/2065" in text
    assert text.count("(operator's deadline)") >= len(broken)
