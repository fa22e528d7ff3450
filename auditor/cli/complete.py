"""What the shell offers while a command is typed.  Nothing here may fail: no offer is better than a traceback."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from auditor.base.diagnostics import AuditorError


def packs(incomplete: str) -> list[str]:
    """Names of shipped packs, and rule files."""
    with suppress(AuditorError, OSError):
        from auditor.rules import shipped_packs

        names = [pack.name for pack in shipped_packs()]
        files = [
            str(path) for path in Path().glob(f"{incomplete}*") if path.is_dir() or path.suffix in {".yaml", ".yml"}
        ]
        return [name for name in (*names, *sorted(files)) if name.startswith(incomplete)]
    return []


def rule_ids(ctx: Any, incomplete: str) -> list[str]:
    """Ids of the rules chosen so far on the command line."""
    with suppress(AuditorError, OSError):
        from auditor.cli.options import DEFAULT_RULES
        from auditor.rules import load_rules

        chosen = load_rules(ctx.params.get("rules") or [DEFAULT_RULES])
        return [rule.id for rule in chosen.rules if rule.id.startswith(incomplete)]
    return []


def among(*words: str) -> Any:
    """A completion of fixed words: the only ones that an option knows."""

    def offer(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    offered: Any = offer
    offered.words = words  # a configuration is checked against them
    return offered
