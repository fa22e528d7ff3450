"""The page's drawings: how late, how late by rule, and the trend over runs."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from auditor.outputs.hostile import safe
from auditor.outputs.page.lateness import LABELS, MOST_RULES, Lateness
from auditor.outputs.page.svg import INKS, inline
from auditor.results.wording import span_text
from auditor.rules.model import SEVERITIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_RUNS = 60  # that are drawn, the newest
_INCH = 72  # points, the unit of a drawing
_TICKS = ((60, "1 min"), (3600, "1 h"), (86_400, "1 d"), (604_800, "1 w"), (2_592_000, "30 d"), (31_536_000, "1 y"))
_STYLE: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "auditor", "font.family": "sans-serif", "font.size": 10,
    "text.color": INKS["ink"], "xtick.color": INKS["quiet"], "ytick.color": INKS["quiet"],
    "xtick.labelsize": 9, "ytick.labelsize": 9, "text.parse_math": False,
}  # fmt: skip


def histogram(found: Lateness) -> Markup:
    """How many cases were late by how much: done too late, or not done when judged."""
    told = ", ".join(
        f"up to {label}: {late + still}" if label != LABELS[-1] else f"more: {late + still}"
        for label, late, still in zip(LABELS, found.answered, found.open, strict=True)
    )
    with _drawing("late", 420, 230, "How late", f"Late cases by lateness. {told}.") as (axes, drawn):
        places = range(len(LABELS))
        axes.bar(places, found.answered, width=0.78, color=INKS["late"], clip_on=False)
        axes.bar(places, found.open, width=0.78, bottom=found.answered, color=INKS["open"], clip_on=False)
        for place, both in enumerate(map(sum, zip(found.answered, found.open, strict=True))):
            if both:
                axes.annotate(f"{both:,}", (place, both), (0, 3), textcoords="offset points", ha="center", va="bottom",
                              color=INKS["quiet"], size=9)  # fmt: skip
        axes.set_xticks(places, [("≤ " if label != LABELS[-1] else "") + label for label in LABELS], size=8)
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(True)
    return drawn[0]


def by_rule(found: Lateness) -> Markup:
    """Median, nine tenths and most of the lateness of each rule, on a logarithmic scale."""
    rules = found.rules[:MOST_RULES]
    told = "; ".join(f"{one.rule_id}: median {span_text(one.median)}, most {span_text(one.most)}" for one in rules)
    height = 34 + 27 * len(rules)
    with _drawing("rules-late", 420, height, "How late, by rule", f"{told}.") as (axes, drawn):
        low = max(min((one.median for one in rules), default=60) / 3, 1)
        high = max(one.most for one in rules) * 1.15
        axes.set_xscale("log")
        axes.set_xlim(low, max(high, low * 60))
        axes.set_ylim(len(rules) - 0.35, -0.75)
        axes.set_yticks([])
        ticks = [(seconds, label) for seconds, label in _TICKS if low <= seconds <= axes.get_xlim()[1]]
        axes.set_xticks([seconds for seconds, _ in ticks], [label for _, label in ticks])
        axes.set_xticks([], minor=True)
        for seconds, _ in ticks:
            axes.axvline(seconds, color=INKS["line"], linewidth=0.8, zorder=0)
        for place, one in enumerate(rules):
            median, p90, most = (max(value, low) for value in (one.median, one.p90, one.most))
            name = f"{safe(one.rule_id, 44)} ({one.cases:,})"
            axes.annotate(name, (0, place - 0.42), xycoords=("axes fraction", "data"), size=9.5)
            axes.plot([median, most], [place, place], color=INKS["late"], linewidth=1.4, solid_capstyle="round")
            axes.plot([median, p90], [place, place], color=INKS["late"], linewidth=5, solid_capstyle="round")
            axes.plot([median, median], [place - 0.16, place + 0.16], color=INKS["ink"], linewidth=2)
    return drawn[0]


def trend(runs: Sequence[Mapping[str, Any]]) -> Markup:
    """Violated findings of each run by severity, as bars, and undetermined ones, as a line."""
    from matplotlib.ticker import MaxNLocator

    runs = runs[-MOST_RUNS:]
    told = "; ".join(f"{run['as_of']}: {sum(run['violated'].values())} violated, {run['undetermined']} undetermined"
                     for run in runs)  # fmt: skip
    with _drawing("trend", 640, 240, "Violated findings, run by run", f"{told}.") as (axes, drawn):
        places, bottoms = range(len(runs)), [0] * len(runs)
        for severity in SEVERITIES:
            heights = [run["violated"].get(severity, 0) for run in runs]
            axes.bar(places, heights, width=0.72, bottom=bottoms, color=INKS[severity], clip_on=False)
            bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
        axes.plot(places, [run["undetermined"] for run in runs], color=INKS["undetermined"], linewidth=1.6, marker="o",
                  markersize=3, clip_on=False)  # fmt: skip
        axes.set_xlim(-0.6, max(len(runs), 6) - 0.4)
        axes.set_ylim(bottom=0)
        step = -(-len(runs) // 6)
        shown = list(places)[::-1][::step]
        axes.set_xticks(shown, [safe(str(runs[place]["as_of"])[:10]) for place in shown])
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(axis="y", color=INKS["line"], linewidth=0.8)
        axes.spines["bottom"].set_visible(True)
    return drawn[0]


@contextmanager
def _drawing(name: str, width: int, height: int, title: str, description: str) -> Iterator[tuple[Axes, list[Markup]]]:
    """Empty axes that become a drawing in the end."""
    import matplotlib
    from matplotlib.figure import Figure

    drawn: list[Markup] = []
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # the reader's own font has it
        figure = Figure(figsize=(width / _INCH, height / _INCH), layout="constrained", facecolor="none")
        axes = figure.add_subplot(facecolor="none")
        axes.tick_params(which="both", bottom=False, left=False)
        axes.set_axisbelow(True)
        axes.spines[:].set_visible(False)
        axes.spines["bottom"].set(color=INKS["line"], linewidth=1)
        yield axes, drawn
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    drawn.append(inline(stream.getvalue(), name, title, description))
