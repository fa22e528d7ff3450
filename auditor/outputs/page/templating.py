"""Templates into HTML: every value harmless, one style and one script, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from auditor.outputs.hostile import safe
from auditor.outputs.page.bars import parts
from auditor.results.wording import span_text

STYLE = ("colours", "text", "tables", "charts", "findings", "phone", "print")
SCRIPT = ("data", "elements", "timeline", "filters", "list", "theme", "start")


def render(**values: Any) -> str:
    """The page as HTML."""
    style, script = sheet(), program()
    template = _environment().get_template("page.html.j2")
    return template.render(style=Markup(style), script=Markup(script), policy=policy(style, script), **values)  # noqa: S704 - files of this package


def policy(style: str, script: str) -> str:
    """The Content Security Policy: this style, this script, and nothing else at all."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def sheet() -> str:
    """The page's style."""
    return "".join(_text("style", f"{name}.css") for name in STYLE)


def program() -> str:
    """The page's script, in one scope of its own."""
    return '"use strict";\n(() => {\n' + "".join(_text("script", f"{name}.js") for name in SCRIPT) + "})();\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(folder: str, name: str) -> str:
    return files("auditor.outputs.page").joinpath(folder, name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """Texts are made harmless wherever they are put in, and escaped."""
    made = Environment(
        autoescape=True,
        loader=PackageLoader("auditor.outputs.page"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    filters: dict[str, Any] = {
        "n": lambda number: f"{number:,}",
        "span": span_text,
        "moment": moment,
        "parts": parts,
        "cut": safe,
        "line": lambda text: " ".join(text.split()),
    }
    made.filters |= filters
    return made


def moment(iso: str) -> str:
    """`2020-01-21 09:00:00`: a moment as readers see it, in UTC."""
    return iso.replace("T", " ").removesuffix("Z")
