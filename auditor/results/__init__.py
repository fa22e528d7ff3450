"""Results: an audit, its findings with messages and evidence, one case told as a timeline."""

from auditor.results.audit import Audit, RuleOutcome
from auditor.results.baseline import read_baseline
from auditor.results.case import Case, explain
from auditor.results.check import check, open_log
from auditor.results.waivers import read_waivers

__all__ = ["Audit", "Case", "RuleOutcome", "check", "explain", "open_log", "read_baseline", "read_waivers"]
