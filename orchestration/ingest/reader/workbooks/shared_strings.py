"""The texts that the cells of a workbook share, and what their runs' form hides.

Lives here: ``TextParts``, which joins the runs of a shared or an inline text, and the reading of
``sharedStrings.xml``. A workbook with nothing but plain texts is only counted (``prescan``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestration.ingest.reader.workbooks.styles import run_form
from orchestration.ingest.reader.workbooks.xml_parts import (
    MAIN,
    Element,
    feed,
    in_main,
    new_parser,
    unsafe,
)
from orchestration.ingest.reading import Refusal, refuse

_TAGS = in_main(
    "sst", "si", "is", "t", "r", "rPh", "phoneticPr", "rPr", "strike", "dstrike", "vertAlign"
)
#: Not of half a pair of UTF-16, which is no character.
_ESCAPE = re.compile(r"_x([0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")


@dataclass
class SharedStrings:
    """The texts by number, and how those read of which a form hides a part.

    ``marked`` holds ``30〔上标：1〕`` for a text in which the 1 is a superscript; ``claimed`` is
    the number of texts that the file says it has, ``count`` the true one. A large plain part is
    only counted, without ``texts``.
    """

    texts: list[str] = field(default_factory=list)
    marked: dict[int, str] = field(default_factory=dict)
    claimed: int | None = None
    count: int = 0


class TextParts:
    """Joins what lies within one ``si`` or ``is``; told of every element and text within it.

    Phonetic runs are no text of the cell. A text that is broken by an element is refused: which
    half a program shows is not known.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[str, str]] = []
        self._form = ""
        self._is_open = self._in_font = False
        self._foreign = 0
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the start of an element within."""
        if self._is_open:
            raise broken_text()
        name = _TAGS.get(tag, "")
        if self._foreign or name in ("", "rPh", "phoneticPr"):
            # the other properties of a font are foreign here and have no text
            if not (name or self._foreign or self._in_font) and tag.partition(" ")[0] in MAIN:
                raise unknown_element()
            self._foreign += 1
        elif name == "t":
            self._is_open = True
        elif name == "r":
            self._form = ""
        elif name == "rPr":
            self._in_font = True
        else:
            self._form = run_form(Element(0, name, True, "", attributes)) or self._form

    def end(self, tag: str) -> None:
        """Take the end of an element within."""
        if self._foreign:
            self._foreign -= 1
        elif _TAGS.get(tag) == "t":
            self._is_open = False
            self._parts.append((self._form, unescaped("".join(self._text))))
            self._text.clear()
        elif _TAGS.get(tag) == "rPr":
            self._in_font = False
        elif _TAGS.get(tag) == "r":
            self._form = ""

    def text(self, content: str) -> None:
        """Take a piece of text, of which only that of a ``t`` counts."""
        if self._is_open:
            self._text.append(content)

    def split(self) -> None:
        """Take a comment or an instruction, which may not break a text."""
        if self._is_open:
            raise broken_text()

    def joined(self) -> tuple[str, str | None]:
        """Return the text, and how it reads if the form of a part of it hides something."""
        plain = "".join(text for _, text in self._parts)
        if not any(form and text.strip() for form, text in self._parts):
            return plain, None
        return plain, "".join(f"〔{form}：{text}〕" if form else text for form, text in self._parts)


def read_strings(blocks: Iterable[bytes]) -> SharedStrings:
    """Return all texts of the part.

    Raises UNPARSABLE for what is no XML, Refusal for a document type or a broken text.
    """
    found = SharedStrings()
    parts: TextParts | None = None
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal parts, depth
        depth += 1
        if parts is not None:
            parts.start(tag, attributes)
        elif depth == 1:
            claimed = attributes.get("uniqueCount", "")
            found.claimed = int(claimed) if claimed.isdecimal() and len(claimed) < 10 else None
        elif depth == 2 and _TAGS.get(tag) == "si":
            parts = TextParts()

    def end(tag: str) -> None:
        nonlocal parts, depth
        depth -= 1
        if parts is None:
            return
        if depth > 1:
            parts.end(tag)
            return
        plain, marked = parts.joined()
        if marked is not None:
            found.marked[len(found.texts)] = marked
        found.texts.append(plain)
        parts = None

    def text(content: str) -> None:
        if parts is not None:
            parts.text(content)

    def split(*_: object) -> None:
        if parts is not None:
            parts.split()

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.CommentHandler = split
    parser.ProcessingInstructionHandler = split
    feed(parser, blocks)
    found.count = len(found.texts)
    return found


def broken_text() -> Refusal:
    """Return the refusal of a value or text with a comment or an element inside."""
    return unsafe(
        "有单元格的值中间夹有注释或其他标记，各种软件读出的内容不一",
        "请用 Excel 打开，核对各单元格的值，另存为新的 .xlsx 后重新报送",
    )


def unknown_element(sheet: str = "") -> Refusal:
    """Return the refusal of a sheet or text with an element that none has, so that it is lost."""
    return refuse(
        "not_a_workbook",
        "工作簿中有 Excel 不认识的内容，有单元格读不出，文件可能已损坏",
        "请用 Excel 打开（会提示修复），核对内容后另存为新的 .xlsx 再报送",
        sheet,
    )


def unescaped(text: str) -> str:
    """Return a text with characters that Excel spells ``_x000D_`` as they are."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
