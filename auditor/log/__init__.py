"""The log: canonical events, mappings, sources, health."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.log.log import Log
    from auditor.log.mapping import LoadedMapping
    from auditor.log.spec import Mapping

__all__ = ["load"]


def load(
    sources: Any,
    mapping: str | Path | Mapping | LoadedMapping | None = None,
    *,
    max_rejects: float = 0.001,
    memory: str | None = None,
    spill: str | None = None,
) -> Log:
    """The log that `sources` hold: a path, a pattern, `-` for standard input, a DataFrame, an Arrow or Ibis table, or
    a list of these.

    `mapping` is a mapping file, a mapping made in Python, or None for a log whose columns have canonical names.
    `memory` (for example `4GB`) and `spill` (a folder) limit what the engine holds in memory.

    Raises DiagnosticsError for mistakes in the mapping, and UnusableError for a log that cannot be read, that holds no
    event, or of which more than the share `max_rejects` of the rows cannot be read.
    """
    from auditor.base.diagnostics import UnusableError
    from auditor.log.mapping import LoadedMapping, load_mapping, of_model
    from auditor.log.reading import read
    from auditor.log.spec import Mapping

    if isinstance(mapping, LoadedMapping):
        loaded = mapping
    elif mapping is None:
        loaded = LoadedMapping(Mapping())
    elif isinstance(mapping, Mapping):
        loaded = of_model(mapping)
    elif isinstance(mapping, str | Path):
        loaded = load_mapping(mapping)
    else:
        raise UnusableError(
            "mapping-kind",
            f"a mapping is a file or an auditor.log.spec.Mapping, not a {type(mapping).__name__}",
            help="write it to a file, or build it with Mapping.model_validate(…)",
        )
    return read(sources, loaded, max_rejects=max_rejects, memory=memory, spill=spill)
