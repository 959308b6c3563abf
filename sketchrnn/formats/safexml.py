"""XML from strangers, without the parts of XML that can do harm."""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from sketchrnn.errors import FormatError
from sketchrnn.files import StrPath, open_to_read

_MAX_BYTES = 64 << 20
_MAX_DEPTH = 100
_MAX_ELEMENTS = 500_000
_FEW_ELEMENTS = 50_000
_ELEMENT_BYTES = 40  # of a file of more elements than those, for each: one takes ten times that in memory
_MAX_ATTRIBUTES = 200
_LANGUAGES = {"svg": "an SVG drawing", "ink": "InkML"}
_W3C = "-//W3C//DTD SVG "


def read(path: StrPath, name: str, language: str) -> Element:
    """The root element of a file, which must have a name.

    Raises:
        FormatError: the file cannot be read, is gigantic, or as `parse` and `check_root` say.
    """
    with open_to_read(path) as file:
        data = file.read(_MAX_BYTES + 1)
    try:
        if len(data) > _MAX_BYTES:
            raise FormatError(f"it is larger than {_MAX_BYTES >> 20} MiB; simplify it first")
        root = parse(data)
        check_root(root, name, language)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error
    return root


def parse(data: bytes) -> Element:
    """The root element, names as "{namespace}local".

    Entities are not expanded and nothing outside the file is read: a file that declares entities or
    brings its own document type is refused. The plain doctype line of SVG 1.1 passes, unread.

    Raises:
        FormatError: no well-formed XML, a forbidden construct, or absurd nesting. Without file name.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = count = 0
    most = min(max(_FEW_ELEMENTS, len(data) // _ELEMENT_BYTES), _MAX_ELEMENTS)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > _MAX_DEPTH or count > most or len(attributes) > _MAX_ATTRIBUTES:
            raise FormatError("its elements are too many or too deeply nested; simplify the file")
        builder.start(_qualified(name), {_qualified(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualified(name))

    def doctype(_name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal or (system and not (public or "").startswith(_W3C)):
            refuse()

    def refuse(*_: object) -> NoReturn:
        raise FormatError("it declares entities or a document type of its own; save it as plain SVG")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError, LookupError) as error:
        raise FormatError(f"it is no well-formed XML ({error}); save it again") from error


def check_root(root: Element, name: str, language: str) -> None:
    """Raises FormatError unless the root element has a name, in any namespace."""
    found = root.tag.rpartition("}")[2]
    if found == name:
        return
    if found in _LANGUAGES:
        raise FormatError(f"it is {_LANGUAGES[found]}, whatever its name says; give a drawing in {language}")
    raise FormatError(f"its root element is {ascii(found)[:40]}, not {name}; export it as {language}")


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name
