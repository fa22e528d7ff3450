"""What differs, for machines: one object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.hostile import safe_json

if TYPE_CHECKING:
    from auditor.outputs.formats import Look
    from auditor.results.verify import Verification


def write(found: Verification, stream: BinaryIO, _look: Look) -> None:
    """Whether all is the same, whether the result is, and every difference; ASCII, since names may hold anything."""
    told = {
        "manifest": found.file,
        "as_of": found.after.provenance.as_of,
        "same": not found.differences,
        "same_result": found.same_result,
        "differences": [one.as_dict() for one in found.differences],
    }
    stream.write(safe_json((json.dumps(told, indent=1) + "\n").encode()))
