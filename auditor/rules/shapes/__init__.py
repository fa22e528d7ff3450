"""The YAML of a pack as pydantic models: which keys exist, their types and what they mean.

The JSON Schema for editors and the checks of unknown keys both come from here.  Names, expressions and durations stay
text; `build` gives them their meaning, with places.
"""

from auditor.rules.shapes.clocks import DAYS, ClockShape, PauseShape
from auditor.rules.shapes.groups import MeasureShape, ServiceLevelShape
from auditor.rules.shapes.pack import PackHead, PackShape
from auditor.rules.shapes.patterns import CountShape, FollowedShape, PatternShape, TargetShape
from auditor.rules.shapes.rule import OBLIGATIONS, PATTERN_KEYS, PER, RuleShape
from auditor.rules.shapes.tests import REASONS, VERDICTS, ExpectedShape, RuleTestShape

__all__ = [
    "DAYS",
    "OBLIGATIONS",
    "PATTERN_KEYS",
    "PER",
    "REASONS",
    "VERDICTS",
    "ClockShape",
    "CountShape",
    "ExpectedShape",
    "FollowedShape",
    "MeasureShape",
    "PackHead",
    "PackShape",
    "PatternShape",
    "PauseShape",
    "RuleShape",
    "RuleTestShape",
    "ServiceLevelShape",
    "TargetShape",
]
