"""What was measured, as the tables of docs/quality.md: each stands between two marks there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from _common import ROOT
from _shares import Figures

PAGE = ROOT / "docs" / "quality.md"


def write_tables(results: Figures, model: str) -> None:
    """Puts the tables of one model, and those about people's drawings, into the page.

    What was not measured stays as it was; a table that the page has no place for is left out.
    """
    text = PAGE.read_text("utf-8")
    about = (f"{results['drawings']} drawings", f"{results['count']} endings of each half")
    found = {f"people {name}": people for name, people in _people(results).items()}
    found |= {f"{model} {name}": figures for name, figures in results[model].items()}
    for name, figures in found.items():
        lines = TABLES[name.split()[-1]](figures, *about)
        pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda match, lines=lines: match[1] + "\n".join(lines) + "\n" + match[2], text)
    PAGE.write_text(text, "utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")


def _people(results: Figures) -> Figures:
    return {"people": results["people"]} if "people" in results else {}


def percent(figures: Figures) -> str:
    """A share with its interval."""
    low, high = figures["interval"]
    return f"{figures['share']:.1%} ({100 * low:.0f} to {100 * high:.0f})".replace("%", " %")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of Markdown."""
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows)]


def _shares(figures: Figures, drawings: str, endings: str) -> list[str]:
    return table((drawings, "named rightly"), [(what, percent(each)) for what, each in figures.items()])


def _endings(figures: Figures, drawings: str, endings: str) -> list[str]:
    rows = []
    for what, each in figures.items():
        health = [
            f"{each[name]:.0%}".replace("%", " %") if name in each else "" for name in ("ended", "off_paper")
        ]
        rows.append((what, percent(each), *health))
    return table((f"{drawings}, {endings}", "named rightly", "ended by itself", "off the paper"), rows)


def _sizes(figures: Figures, drawings: str, endings: str) -> list[str]:
    head = (
        f"of its size; {drawings}, {endings}",
        "guessed over right: median (10 to 90 %)",
        "off by a factor of: median, 90 %",
        "guessed",
        "oracle",
        "one fixed scale",
        "guessed less oracle, points",
    )
    rows = [
        (
            size,
            f"{each['median']:.2f} ({each['p10']:.2f} to {each['p90']:.2f})",
            f"{each['off']:.2f}, {each['far_off']:.2f}",
            *(percent(each[way]) for way in ("guessed", "oracle", "fixed")),
            f"{100 * each['less']['share']:+.1f} ({100 * each['less']['interval'][0]:+.1f} "
            f"to {100 * each['less']['interval'][1]:+.1f})",
        )
        for size, each in figures.items()
    ]
    return table(head, rows)


def _ranking(figures: Figures, drawings: str, endings: str) -> list[str]:
    ways: dict[str, dict[str, str]] = {}
    for what, each in figures.items():
        way, temperature = what.split(" by ", 1)[1].rsplit(", ", 1)
        ways.setdefault(way, {})[temperature] = percent(each)
        ways[way]["ms"] = f"{each['ms']:.0f}"
    temperatures = [name for name in next(iter(ways.values())) if name != "ms"]
    head = (f"the best by; {drawings}, {endings}", *temperatures, "ms")
    return table(head, [(way, *(own[name] for name in (*temperatures, "ms"))) for way, own in ways.items()])


def _recognition(figures: Figures, drawings: str, endings: str) -> list[str]:
    head = (drawings, "named rightly", "ms")
    return table(head, [(what, percent(each), f"{each['ms']:.0f}") for what, each in figures.items()])


def _views(figures: Figures, drawings: str, endings: str) -> list[str]:
    head = (drawings, "whole drawings", "first halves", "ms of a core for a whole one")
    rows = [
        (way, percent(each["whole"]), percent(each["half"]), f"{each['whole']['ms']:.0f}")
        for way, each in figures.items()
    ]
    return table(head, rows)


def _likelihood(figures: Figures, drawings: str, endings: str) -> list[str]:
    rows = [("mean of the categories", f"{figures['mean']:.3f}", f"{figures['second_half']:.3f}")]
    return table((drawings, "nats a point", "of the second half"), rows)


TABLES: dict[str, Callable[[Figures, str, str], list[str]]] = {
    "people": _shares,
    "endings": _endings,
    "sizes": _sizes,
    "ranking": _ranking,
    "recognition": _recognition,
    "views": _views,
    "likelihood": _likelihood,
}
