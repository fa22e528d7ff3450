"""auditor: audits exported logs of user reports and platform responses against YAML rules.

    audit = auditor.check("log.csv", rules="child-safety")
    audit.findings()  # a pandas DataFrame, one row per finding

Names are loaded at first use, so that `auditor --help` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.base.diagnostics import AuditorError
    from auditor.log import load
    from auditor.results import Audit, Case, check, explain

    __version__: str

__all__ = ["Audit", "AuditorError", "Case", "__version__", "check", "explain", "load"]

_HOMES = {
    "Audit": "auditor.results", "Case": "auditor.results", "check": "auditor.results", "explain": "auditor.results",
    "load": "auditor.log", "AuditorError": "auditor.base.diagnostics",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("report-auditor")
    if name not in _HOMES:
        raise AttributeError(f"module 'auditor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
