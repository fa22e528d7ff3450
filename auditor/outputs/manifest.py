"""The manifest of an audit, as JSON: for whoever must keep it, check it or repeat it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.hostile import safe_json

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """Everything in escapes that is not ASCII: names of files need not be valid Unicode."""
    from auditor.results.manifest import manifest

    stream.write(safe_json((json.dumps(manifest(audit), indent=1) + "\n").encode()))
