"""Where a log came from, as it was given."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.log.contents import Content


@dataclass(frozen=True)
class Origin:
    """What a log was read from."""

    given: tuple[str | None, ...] = ()  # paths and patterns, with `/`; `-` is standard input; None: a table in memory
    contents: tuple[Content | None, ...] = ()  # of each of the log's files, in their order; None: a table in memory
    mapping: Content | None = None  # of the mapping, if there was one
    max_rejects: float = 0.001  # the share of rows that could be rejected
