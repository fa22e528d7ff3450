"""Puts the tool's real output into README.md and docs/*.md, and the shipped packs into docs/packs.

`python docs/build.py` rewrites, tests compare.

A block begins with `<!-- run: COMMAND -->`, or `<!-- run (N lines): COMMAND -->` for the first N lines of a long
output, and ends with `<!-- end -->`.  Commands run in the root of the repository, on a terminal of 100 columns, without
any auditor.yaml but one that they name.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(
    r"(?P<open><!-- run(?: \((?P<lines>\d+) lines\))?: (?P<command>.+?) -->\n)(?P<body>.*?)(?P<close><!-- end -->)",
    re.DOTALL,
)
_PROGRAM = "from auditor.cli.main import run; run()"


@dataclass(frozen=True)
class Block:
    """A command on a page, the text that stands there, and how many lines of its output are shown."""

    page: Path
    command: str
    body: str
    lines: int | None

    def expected(self) -> str:
        """The text that should stand there."""
        return rendered(self.command, self.lines)


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(page, found["command"], found["body"], int(found["lines"]) if found["lines"] else None)


@cache
def output(command: str) -> str:
    """What a command prints, stderr after stdout."""
    program, *arguments = shlex.split(command)
    if program != "auditor":
        raise ValueError(f"only auditor is run here, not {program}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    environment |= {"COLUMNS": "100", "NO_COLOR": "1", "AUDITOR_NO_CONFIG": "true"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    text = (done.stdout + done.stderr).decode()
    if done.returncode not in (0, 1, 3) or "Traceback" in text:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{text}")
    return text


def rendered(command: str, lines: int | None) -> str:
    """The fenced block of a command."""
    shown = output(command).rstrip("\n").split("\n")
    if lines is not None and len(shown) > lines:
        shown = [*shown[:lines], "…"]
    return "\n".join(["```console", f"$ {command}", *shown, "```", ""])


def rebuilt(page: Path) -> str:
    """The page with fresh blocks."""

    def fresh(found: re.Match[str]) -> str:
        lines = int(found["lines"]) if found["lines"] else None
        return found["open"] + rendered(found["command"], lines) + found["close"]

    return _BLOCK.sub(fresh, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        text = rebuilt(path)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            print(f"rewrote {path.relative_to(ROOT)}")
    output("auditor rules docs --output docs/packs")
