"""The engine: rules compiled to Ibis expressions, verdicts and findings that stay where the data lie.

`judge` is the only entry; `plans` names what can be forced.
"""

from __future__ import annotations

from auditor.engine.court import judge
from auditor.engine.judgement import Judgement

__all__ = ["Judgement", "judge"]
