"""XML of a workbook's parts by expat, elements told apart by namespace and not by local name.

Lives here: the namespaces, the one way to make a parser (which refuses a document type), and a
list of the elements of a small part. Add a namespace here. What the elements mean is decided in
the modules that ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from orchestration.ingest.reading import Refusal, refuse

_TRANSITIONAL = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
MAIN_TRANSITIONAL = f"{_TRANSITIONAL}spreadsheetml/2006/main"
#: The namespace of sheets, strings and styles, as Excel writes it and in the strict form.
MAIN = (
    MAIN_TRANSITIONAL,
    f"{_STRICT}spreadsheetml/main",
    f"{_STRICT}spreadsheetml/2006/main",  # of drafts of the strict form
)
RELATIONSHIP_IDS = (
    f"{_TRANSITIONAL}officeDocument/2006/relationships",
    f"{_STRICT}officeDocument/relationships",
    f"{_STRICT}officeDocument/2006/relationships",
)
_SEPARATOR = " "
UNPARSABLE = expat.ExpatError
#: Encodings that expat reads by itself.
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1"})
DOCTYPE = "含有文档类型声明 (DOCTYPE)，可能被用来攻击读取程序"


@dataclass(frozen=True)
class Element:
    """One element: its depth (0 for the root), its local name, whether it is in MAIN."""

    depth: int
    name: str
    is_main: bool
    namespace: str
    attributes: dict[str, str]

    def relationship_id(self) -> str:
        """Return the relationship that the element names, empty if none."""
        keys = (f"{uri}{_SEPARATOR}id" for uri in RELATIONSHIP_IDS)
        return next((self.attributes[key] for key in keys if key in self.attributes), "")


def new_parser() -> expat.XMLParserType:
    """Return a parser that refuses a document type in whatever encoding it is written.

    It names an element ``namespace local``; see ``in_main``.
    """

    def doctype(*_: object) -> None:
        raise unsafe(DOCTYPE)

    def declaration(_: str, encoding: str | None, __: int) -> None:
        check_encoding(encoding)

    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declaration
    parser.buffer_text = True
    return parser


def check_encoding(encoding: str | None) -> None:
    """Raise UNPARSABLE for a declared encoding that expat does not read."""
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise expat.ExpatError("unknown encoding")


def in_main(*names: str) -> dict[str, str]:
    """Return the local name by the parser's name of each, in every main namespace."""
    return {f"{uri}{_SEPARATOR}{name}": name for uri in MAIN for name in names}


def elements(content: bytes, wanted: Callable[[str], bool] | None = None) -> list[Element]:
    """Return the elements of a small part in order, all or those whose local name is wanted.

    Raises UNPARSABLE for what is no XML, Refusal for a document type.
    """
    found: list[Element] = []
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        namespace, _, name = tag.rpartition(_SEPARATOR)
        if wanted is None or wanted(name):
            found.append(Element(depth, name, namespace in MAIN, namespace, attributes))
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
    return found


def feed(parser: expat.XMLParserType, blocks: Iterable[bytes]) -> None:
    """Parse a part by blocks to its end; raises UNPARSABLE for what is no XML."""
    for block in blocks:
        parser.Parse(block, False)
    parser.Parse(b"", True)


def unsafe(reason: str, remedy: str = "请把数据复制到新工作簿后重新报送") -> Refusal:
    """Return the refusal of a workbook that might harm or mislead whoever reads it."""
    return refuse("unsafe_workbook", f"工作簿{reason}，为安全起见不读取", remedy)
