"""Puts the tool's real output into README.md and docs/*.md, and the shipped packs into docs/packs.

`python docs/build.py` rewrites, tests compare.

A block begins with `<!-- run: COMMAND -->`, or with `<!-- run (N lines): COMMAND -->` or `(last N lines)` for a part
of a long output, and ends with `<!-- end -->`. Commands run in the root of the repository, on a terminal of 100
columns, without any auditor.yaml but one that they name. Those of `<!-- run in turn: COMMAND -->` run one after
another in a new folder that has `sample_data` in it, so that one finds what those before it on the page have written.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(
    r"(?P<open><!-- run(?P<turn> in turn)?(?: \((?P<lines>(?:last )?\d+) lines\))?: (?P<command>.+?) -->\n)"
    r"(?P<body>.*?)(?P<close><!-- end -->)",
    re.DOTALL,
)
_PROGRAM = "from auditor.cli.main import run; run()"


@dataclass(frozen=True)
class Block:
    """A command on a page, the text that stands there, and how many lines of its output are shown."""

    page: Path
    command: str
    body: str
    lines: str | None  # `12` or `last 4`
    in_turn: bool

    def expected(self) -> str:
        """The text that should stand there."""
        said = in_turn(self.page)[self.command] if self.in_turn else output(self.command)
        return rendered(self.command, said, self.lines)


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Block(page, found["command"], found["body"], found["lines"], bool(found["turn"]))


@cache
def in_turn(page: Path) -> dict[str, str]:
    """What the commands of a page print that run one after another."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sample_data").symlink_to(ROOT / "sample_data")
        return {block.command: output(block.command, Path(folder)) for block in blocks(page) if block.in_turn}


@cache
def output(command: str, folder: Path = ROOT) -> str:
    """What a command prints, stderr after stdout."""
    program, *arguments = shlex.split(command)
    if program != "auditor":
        raise ValueError(f"only auditor is run here, not {program}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")}
    environment |= {"COLUMNS": "100", "NO_COLOR": "1", "AUDITOR_NO_CONFIG": "true"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments], cwd=folder, env=environment, capture_output=True, check=False
    )
    text = (done.stdout + done.stderr).decode()
    if done.returncode not in (0, 1, 3) or "Traceback" in text:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{text}")
    return text


def rendered(command: str, said: str, lines: str | None) -> str:
    """The fenced block of a command and what it prints."""
    shown = said.rstrip("\n").split("\n")
    last, _, number = (lines or str(len(shown))).rpartition(" ")
    if len(shown) > int(number):
        shown = ["…", *shown[-int(number) :]] if last else [*shown[: int(number)], "…"]
    return "\n".join(["```console", f"$ {command}", *shown, "```", ""])


def rebuilt(page: Path) -> str:
    """The page with fresh blocks."""
    fresh = iter([block.expected() for block in blocks(page)])
    return _BLOCK.sub(lambda found: found["open"] + next(fresh) + found["close"], page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        text = rebuilt(path)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            print(f"rewrote {path.relative_to(ROOT)}")
    output("auditor rules docs --output docs/packs")
