"""A baseline: the findings of an earlier audit, read from its JSON result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.base.diagnostics import Place, UnusableError
from auditor.base.suggest import beside
from auditor.results.marks import MARKED, Known

_HELP = "a baseline is what `auditor check … --output findings.json` has written"


def read_baseline(path: str | Path) -> Known:
    """What is known from a JSON result of `auditor check`.

    Raises UnusableError for a file that cannot be read, that is no such result, or that does not list all violated and
    undetermined findings which it counts.
    """
    import pyarrow as pa

    from auditor.results.arrow import KNOWN

    place = Place(str(path))
    result = _parsed(Path(path), place)
    rows = [row for row in _listed(result, "findings", place) if row.get("verdict") in MARKED]
    counted = sum(_number(rule, verdict, place) for rule in _listed(result, "rules", place) for verdict in MARKED)
    if counted != len(rows):
        raise UnusableError(
            "baseline-cut", f"this baseline lists {len(rows):,} of the {counted:,} findings that it counts",
            place=place, help="write it without --show: what it leaves out would look new",
        )  # fmt: skip
    columns = {name: [_text(row, name, place) for row in rows] for name in KNOWN.names if name != "activated_at"}
    times = [_moment(row, place) for row in rows]
    return Known(f"baseline {path}", pa.table({**columns, "activated_at": times}, schema=KNOWN))


def _parsed(path: Path, place: Place) -> Mapping[str, Any]:
    try:
        with path.open("rb") as stream:
            result = json.load(stream)
    except FileNotFoundError:
        raise UnusableError("file-missing", "there is no such baseline", place=place, help=beside(path)) from None
    except IsADirectoryError:
        raise UnusableError("file-is-folder", "this baseline is a folder", place=place, help=_HELP) from None
    except OSError as error:
        raise UnusableError("file-unreadable", f"cannot read this baseline: {error.strerror}", place=place) from None
    except UnicodeDecodeError:
        raise UnusableError("baseline-foreign", "this baseline is not UTF-8 text", place=place, help=_HELP) from None
    except json.JSONDecodeError as error:
        where = Place(place.file, error.lineno, error.colno)
        message = f"this baseline is no whole JSON: {error.msg}"
        raise UnusableError("baseline-foreign", message, place=where, help=_HELP) from None
    except RecursionError:
        raise UnusableError("baseline-foreign", "this baseline is nested too deep", place=place, help=_HELP) from None
    if not isinstance(result, dict) or not {"auditor", "as_of", "rules", "findings"} <= set(result):
        manifest = isinstance(result, dict) and "manifest" in result and "provenance" in result
        what = "a manifest, which lists no findings" if manifest else "no JSON result of an audit"
        raise UnusableError("baseline-foreign", f"this is {what}", place=place, help=_HELP)
    return result


def _listed(result: Mapping[str, Any], key: str, place: Place) -> list[Mapping[str, Any]]:
    rows = result[key]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _strange(f"`{key}` is no list of objects", place)
    return rows


def _number(rule: Mapping[str, Any], verdict: str, place: Place) -> int:
    value = rule.get(verdict)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _strange(f"a rule has no number of `{verdict}`", place)
    return value


def _text(row: Mapping[str, Any], name: str, place: Place) -> str | None:
    value = row.get(name)
    if isinstance(value, str) or (value is None and name == "subject"):
        return value
    raise _strange(f"a finding has no `{name}`", place)


def _moment(row: Mapping[str, Any], place: Place) -> datetime:
    try:
        return datetime.fromisoformat(row["activated_at"]).astimezone(UTC).replace(tzinfo=None)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _strange("a finding has no moment `activated_at`", place) from None


def _strange(message: str, place: Place) -> UnusableError:
    return UnusableError("baseline-foreign", f"this is no JSON result of an audit: {message}", place=place, help=_HELP)
