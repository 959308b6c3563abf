"""XML from strangers, without the parts of XML that can do harm, in little more memory than the file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, open_to_read

_MAX_BYTES = 64 << 20
_MAX_DEPTH = 100
_MAX_ELEMENTS = 500_000
_MAX_ATTRIBUTES = 200
_MAX_NAMES = 1_000  # that are known again
_PIECE = 1 << 16  # of a file, at least an eighth of it: expat looks again at what a piece breaks off
_LANGUAGES = {"svg": "an SVG drawing", "ink": "InkML"}
_W3C = "-//W3C//DTD SVG "
_KNOWN_KEYS = {
    "http://www.w3.org/1999/xlink}href": "xlink:href",
    "http://www.w3.org/XML/1998/namespace}id": "xml:id",
}
# Characters that no XML can hold separate what an element is made of.
_NEXT, _TEXT = "\0", "\1"


class Tree:
    """The elements of a document in their order, each as one text, with the place where it ends.

    Objects for elements would take twenty times what small elements take in the file; so they are made
    when they are looked at.
    """

    def __init__(self) -> None:
        self.elements: list[str] = []  # name, key, value, key, value…, and the text within
        self.ends = array("I")  # the number of the first element that is not within each

    def all(self, name: str) -> Iterator[Element]:
        """The elements with a name, in their order."""
        length = len(name)
        for number, text in enumerate(self.elements):
            if text.startswith(name) and text[length : length + 1] in ("", _NEXT, _TEXT):
                yield Element(self, number)

    def with_attribute(self, keys: Iterable[str]) -> Iterator[Element]:
        """The elements that have one of some attributes, in their order."""
        marks = [f"{_NEXT}{key}{_NEXT}" for key in keys]
        for number, text in enumerate(self.elements):
            if any(mark in text for mark in marks):
                yield Element(self, number)


class Element:
    """An element, made when it is looked at.

    Attributes:
        number: its place among all elements of its tree.
        name: the local one, with "}" before it if it is in another namespace than the document.
        attributes: by local names, those of a namespace with "}" before them, but `xlink:href` and `xml:id`.
        text: what stands in it before the first element, if its name is one whose text was asked for.
    """

    __slots__ = ("_tree", "attributes", "name", "number", "text")

    def __init__(self, tree: Tree, number: int) -> None:
        head, _, self.text = tree.elements[number].partition(_TEXT)
        self.name, *pairs = head.split(_NEXT)
        self.attributes = dict(zip(pairs[::2], pairs[1::2], strict=True)) if pairs else {}
        self.number = number
        self._tree = tree

    def __iter__(self) -> Iterator[Element]:
        """The elements right in it."""
        tree, number = self._tree, self.number + 1
        end = self.end
        while number < end:
            yield Element(tree, number)
            number = tree.ends[number]

    def all(self) -> Iterator[Element]:
        """The element itself and all within it, in their order."""
        return (Element(self._tree, number) for number in range(self.number, self.end))

    @property
    def end(self) -> int:
        """The number of the first element after it that is not within."""
        return self._tree.ends[self.number]

    @property
    def tree(self) -> Tree:
        return self._tree

    def get(self, key: str, otherwise: str = "") -> str:
        return self.attributes.get(key, otherwise)


def read(path: StrPath, name: str, language: str, namespace: str, texts: Iterable[str]) -> Element:
    """The root element of a file, which must have a name.

    Args:
        namespace: that of the document, "" if any will do. Elements without any are taken for its own.
        texts: the names of the elements whose text is kept.

    Raises:
        FormatError: the file cannot be read, is gigantic, is not well-formed, has a forbidden construct or
            absurd nesting, or another root element.
    """
    with open_to_read(path) as file:
        try:
            root = _parse(file, namespace, frozenset(texts))
            _check_root(root, name, language)
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from error
    return root


def _parse(file: BinaryIO, namespace: str, texts: frozenset[str]) -> Element:
    """The root element. Entities are not expanded and nothing outside the file is read.

    A file that declares entities or brings its own document type is refused. The plain doctype line of
    SVG 1.1 passes, unread.
    """
    parser = expat.ParserCreate(namespace_separator="}", intern=None)
    parser.buffer_text = True
    parser.ordered_attributes = True
    builder = _Builder(parser, namespace, texts)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.StartDoctypeDeclHandler = _check_doctype
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    size = 0
    try:
        while data := file.read(max(_PIECE, size // 8)):
            size += len(data)
            if size > _MAX_BYTES:
                raise FormatError(f"it is larger than {_MAX_BYTES >> 20} MiB; simplify it first")
            parser.Parse(data)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError(f"it is no well-formed XML ({error}); save it again") from error
    return Element(builder.tree, 0)


def _check_doctype(_name: str, system: str | None, public: str | None, internal: int) -> None:
    if internal or (system and not (public or "").startswith(_W3C)):
        _refuse()


def _refuse(*_: object) -> NoReturn:
    raise FormatError("it declares entities or a document type of its own; save it as plain SVG")


class _Builder:
    """Makes a tree of what a parser finds."""

    def __init__(self, parser: expat.XMLParserType, namespace: str, texts: frozenset[str]) -> None:
        self.tree = Tree()
        self._parser = parser
        self._namespace = namespace
        self._texts = texts
        self._names: dict[str, str] = {}
        self._keys = dict(_KNOWN_KEYS)
        self._open: list[int] = []
        self._text: list[str] = []  # of the last element

    def start(self, name: str, attributes: list[str]) -> None:
        self._keep_text()
        elements = self.tree.elements
        if (
            len(self._open) == _MAX_DEPTH
            or len(elements) == _MAX_ELEMENTS
            or len(attributes) > 2 * _MAX_ATTRIBUTES
        ):
            raise FormatError("its elements are too many or too deeply nested; simplify the file")
        self._open.append(len(elements))
        self.tree.ends.append(0)
        name = self._named(name)
        if attributes:
            attributes[::2] = map(self._keyed, attributes[::2])
            elements.append(_NEXT.join([name, *attributes]))
        else:
            elements.append(name)
        self._parser.CharacterDataHandler = self._text.append if name in self._texts else None

    def end(self, _name: str) -> None:
        self._keep_text()
        self.tree.ends[self._open.pop()] = len(self.tree.elements)
        self._parser.CharacterDataHandler = None

    def _keep_text(self) -> None:
        if self._text:
            elements = self.tree.elements
            elements[-1] = "".join([elements[-1], _TEXT, *self._text])
            self._text.clear()

    def _named(self, name: str) -> str:
        found = self._names.get(name)
        if found is None:
            space, _, local = name.rpartition("}")
            found = local if space in ("", self._namespace) or not self._namespace else "}" + local
            if len(self._names) < _MAX_NAMES:
                self._names[name] = found
        return found

    def _keyed(self, key: str) -> str:
        found = self._keys.get(key)
        if found is None:
            _, bound, local = key.rpartition("}")
            found = bound + local
            if len(self._keys) < _MAX_NAMES:
                self._keys[key] = found
        return found


def _check_root(root: Element, name: str, language: str) -> None:
    found = root.name.removeprefix("}")
    if found == name:
        return
    if found in _LANGUAGES:
        raise FormatError(f"it is {_LANGUAGES[found]}, whatever its name says; give a drawing in {language}")
    raise FormatError(f"its root element is {ascii(found)[:40]}, not {name}; export it as {language}")
