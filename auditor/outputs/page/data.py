"""The listed findings as JSON for the page's script: one line each, names as numbers, no markup in any text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from auditor.outputs.hostile import safe_json

_MARKUP = re.compile(r"[<>&]")  # what could end the element that holds the text, or begin a comment in it


class Names:
    """Names by number, in the order in which they are first asked for."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.numbers: dict[str, int] = {}
        for name in known:
            self[name]

    def __getitem__(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def __iter__(self) -> Any:
        return iter(self.numbers)


def data(rows: Sequence[Mapping[str, Any]], rules: Sequence[Mapping[str, Any]], as_of: str) -> Markup:
    """`{rules, names, as_of, findings}`; the columns of a finding are those of `script/data.js`."""
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    names, waivers = Names(), dict[str, int]()
    lines = []
    for row in rows:
        waiver = json.dumps(row["waiver"]) if row["waiver"] else ""
        if waiver:
            waivers.setdefault(waiver, len(waivers))
        evidence = [
            [names[one["role"]], names[one["event"]], names[one["file"]], one["row"], one["time"]]
            for one in row["evidence"]
        ]
        lines.append([
            numbers[row["rule_id"]], names[row["verdict"]], names[row["status"]], row["subject"],
            row["activated_at"], row["due_at"], row["met_at"], row["late_seconds"], row["message"],
            row["fingerprint"], evidence, row["more"], int(row["vague"]), waivers.get(waiver, -1),
        ])  # fmt: skip
    head = {"as_of": as_of, "rules": rules, "names": list(names), "waivers": [json.loads(one) for one in waivers]}
    text = _json(head).removesuffix("}") + ',"findings":[\n' + ",\n".join(map(_json, lines)) + "\n]}"
    text = _MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return Markup(bytes(safe_json(text.encode())).decode())  # noqa: S704 - no character of markup is left in it


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
