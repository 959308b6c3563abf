"""What decides over seeing an SVG shape: attributes, `style` and style sheets, in the order of CSS."""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sketchrnn.errors import FormatError
from sketchrnn.formats.safexml import Element
from sketchrnn.formats.svg_path import NUMBER

PROPERTIES = frozenset(
    {
        "display",
        "visibility",
        "opacity",
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-opacity",
        "stroke-width",
        "transform",
    }
)
_INHERITED = ("visibility", "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width")
_MAX_LENGTH = 1_000  # of a value
_MAX_RULES = 6_000  # a kilobyte each
_MAX_MATCHES = 2_000_000  # of a selector's part and an element
_COMPOUND = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")
_NAME = re.compile(r"([.#])([\w-]+)")
_ZERO = re.compile(rf"\s*({NUMBER})\s*(?:%|[a-zA-Z]*)\s*")
_ALPHA = re.compile(rf"(?:rgba|hsla|rgb|hsl)\([^)]*[,/]\s*({NUMBER})%?\s*\)")

Declarations = dict[str, str]
_NOTHING: Declarations = {}


class Known(NamedTuple):
    """What selectors ask about an element."""

    tag: str
    classes: frozenset[str]
    id: str

    @classmethod
    def of(cls, element: Element) -> Known:
        names = frozenset(element.get("class").split())
        return cls(element.name.removeprefix("}"), names, element.get("id"))


@dataclasses.dataclass(frozen=True, slots=True)
class Paint:
    """The inherited properties of an element."""

    visibility: str = "visible"
    fill: str = "black"
    fill_opacity: str = "1"
    stroke: str = "none"
    stroke_opacity: str = "1"
    stroke_width: str = "1"

    def under(self, own: Mapping[str, str]) -> Paint:
        """Those of an element in this one with some properties of its own."""
        changed = {
            name.replace("-", "_"): own[name]
            for name in _INHERITED
            if name in own and own[name] not in ("inherit", "unset", "")
        }
        return dataclasses.replace(self, **changed) if changed else self

    @property
    def filled(self) -> bool:
        return _is_seen(self.fill) and not _is_nothing(self.fill_opacity)

    @property
    def stroked(self) -> bool:
        return _is_seen(self.stroke) and not (
            _is_nothing(self.stroke_opacity) or _is_nothing(self.stroke_width)
        )


def is_hidden(own: Mapping[str, str]) -> bool:
    """Whether an element is left out with all that is in it."""
    return own.get("display") == "none" or _is_nothing(own.get("opacity", "1"))


def _is_nothing(value: str) -> bool:
    found = _ZERO.fullmatch(value)
    return found is not None and float(found[1]) == 0.0


def _is_seen(color: str) -> bool:
    color = color.strip().lower()
    if color in ("none", "transparent", ""):
        return False
    if color.startswith("#"):
        return not ((len(color) == 5 and color[4] == "0") or (len(color) == 9 and color[7:] == "00"))
    if color.startswith(("rgba", "hsla")) or "/" in color:
        found = _ALPHA.fullmatch(color)
        return found is None or float(found[1]) != 0.0
    return True


# --- style sheets --------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Compound:
    """A part of a selector that one element must match: `path.a#b`."""

    tag: str
    classes: tuple[str, ...]
    ids: tuple[str, ...]

    def matches(self, known: Known) -> bool:
        return (
            self.tag in ("", "*", known.tag)
            and known.classes.issuperset(self.classes)
            and all(name == known.id for name in self.ids)
        )


@dataclasses.dataclass(frozen=True, slots=True)
class _Rule:
    selector: tuple[_Compound, ...]  # the element's own part last, those of the elements around it before
    declarations: Declarations
    important: Declarations
    number: int  # of all rules

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What decides which rule wins, in this order."""
        return (
            sum(len(compound.ids) for compound in self.selector),
            sum(len(compound.classes) for compound in self.selector),
            sum(compound.tag not in ("", "*") for compound in self.selector),
            self.number,
        )


class StyleSheet:
    """The rules of a document's `style` elements that decide over seeing a shape.

    Selectors are tags, classes, ids, and combinations of them; `>` is taken for any element around. Rules
    with other selectors, or within `@media` and the like, count for nothing.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._rules: dict[str, list[_Rule]] = {}  # by the tag, the class or the id that each needs
        self._cache: dict[Known, tuple[Declarations, Declarations]] = {}
        self._nested = False  # whether it matters what an element lies in
        self._matches = 0
        count = 0
        for text in texts:
            for selectors, body in _blocks(_without_comments(text)):
                declarations, important = _declarations(body)
                if not declarations and not important:
                    continue
                for selector in selectors.split(","):
                    count += 1
                    if count > _MAX_RULES:
                        raise FormatError("its style sheets have too many rules; save it as plain SVG")
                    self._add(selector[:_MAX_LENGTH], declarations, important, count)

    def _add(self, text: str, declarations: Declarations, important: Declarations, number: int) -> None:
        compounds = []
        for part in text.replace(">", " ").split():
            found = _COMPOUND.fullmatch(part)
            if found is None:
                return
            names = _NAME.findall(found[2])
            classes = tuple(name for kind, name in names if kind == ".")
            ids = tuple(name for kind, name in names if kind == "#")
            compounds.append(_Compound(found[1] or "", classes, ids))
        if not compounds:
            return
        self._nested |= len(compounds) > 1
        last = compounds[-1]
        key = next((f"#{name}" for name in last.ids), None) or next(
            (f".{name}" for name in last.classes), last.tag
        )
        rule = _Rule(tuple(compounds), declarations, important, number)
        self._rules.setdefault(key or "*", []).append(rule)

    def declared(self, element: Element, known: Known, around: Sequence[Known]) -> Declarations:
        """All properties of an element's own: its attributes, then the rules, then its `style`.

        Args:
            around: the elements that it lies in, the outermost first.
        """
        own = {name: value[:_MAX_LENGTH] for name, value in element.attributes.items() if name in PROPERTIES}
        style, urgent = _declarations(element.get("style"))
        if not self._rules:
            return {**own, **style, **urgent}
        found = self._cache.get(known)
        if found is None:
            found = self._of_rules(known, around)
            if not self._nested:
                self._cache[known] = found
        return {**own, **found[0], **style, **found[1], **urgent}

    def _of_rules(self, known: Known, around: Sequence[Known]) -> tuple[Declarations, Declarations]:
        """What all rules together say of an element; then what they call important."""
        declared: Declarations = {}
        important: Declarations = {}
        for rule in self._matching(known, around):
            declared |= rule.declarations
            important |= rule.important
        return declared, important

    def _matching(self, known: Known, around: Sequence[Known]) -> list[_Rule]:
        keys = ["*", known.tag, "#" + known.id, *["." + name for name in known.classes]]
        candidates = [rule for key in keys if key in self._rules for rule in self._rules[key]]
        parts = sum(1 if len(rule.selector) == 1 else 1 + len(around) for rule in candidates)
        self._matches += len(keys) + parts
        if self._matches > _MAX_MATCHES:
            raise FormatError("its style sheets have too many rules; save it as plain SVG")
        return sorted(
            (rule for rule in candidates if _matches(rule, known, around)), key=operator.attrgetter("rank")
        )


def _matches(rule: _Rule, known: Known, around: Sequence[Known]) -> bool:
    if not rule.selector[-1].matches(known):
        return False
    outer = iter(reversed(around))
    return all(any(part.matches(other) for other in outer) for part in reversed(rule.selector[:-1]))


def _without_comments(text: str) -> str:
    before, *rest = text.replace("<!--", "").replace("-->", "").split("/*")
    return before + "".join(part.partition("*/")[2] for part in rest)


def _blocks(text: str) -> Iterable[tuple[str, str]]:
    """Selectors and declarations of each rule that stands on its own."""
    depth = start = 0
    opened = (0, "")
    for found in re.finditer(r"[{}]", text):
        at = found.start()
        if found[0] == "{":
            if depth == 0:
                opened = at, text[start:at].rpartition(";")[2].strip()
            depth += 1
        else:
            depth = max(depth - 1, 0)
            if depth == 0:
                if not opened[1].startswith("@") and opened[0] >= start:
                    yield opened[1], text[opened[0] + 1 : at]
                start = at + 1


def _declarations(text: str) -> tuple[Declarations, Declarations]:
    """The last value of each property that decides over seeing a shape; then those marked important."""
    found: Declarations = {}
    important: Declarations = {}
    for declaration in text.split(";") if text else ():
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name in PROPERTIES:
            value, mark, _ = value.partition("!")
            (important if mark else found)[name] = value.strip()[:_MAX_LENGTH]
    return found, important or _NOTHING
