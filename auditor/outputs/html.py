"""HTML: the audit as one page that needs nothing else, for people who read, show and print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from auditor.outputs.page.content import Page
from auditor.outputs.page.listing import listing
from auditor.outputs.page.templating import render
from auditor.outputs.page.timeline import moments

if TYPE_CHECKING:
    from auditor.results.audit import Audit


def write(audit: Audit, stream: BinaryIO) -> None:
    """The whole page in UTF-8."""
    page = Page(audit, listing(audit))
    stream.write(render(page=page, moments=lambda finding: moments(finding, page.as_of)).encode())
