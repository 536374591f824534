"""The editors' texts of a month, which people write and no mart contains.

One Markdown file a month, ``raw/<month>/editorial.md``, with the sections 部门动态 (articles
under ``##`` headings), 地区动态 (a list) and, if an editor rewords what was drafted from the
data, 数据统计 (paragraphs). A quotation that starts with 数字来源： lists the figures of its
section or article that come from elsewhere, with their source; it is not printed. Other markup is
plain text. ``newsletter.fact_check`` checks the figures, ``issue.docx`` sets the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEPARTMENT, DISTRICT_NEWS, STATISTICS = "部门动态", "地区动态", "数据统计"
SECTIONS = (DEPARTMENT, DISTRICT_NEWS, STATISTICS)
_SOURCE = re.compile(r"^数字来源：(?P<figures>[^—]+)——(?P<source>.+)$")
#: An issue has a few pages; a larger file is a mistake.
_LARGEST_FILE = 1_000_000


class EditorialError(ValueError):
    """The editors' file cannot be used; the message says where and how to mend it."""


@dataclass(frozen=True)
class QuotedFigures:
    """Figures that an editor took from elsewhere, as printed, and their source."""

    figures: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Article:
    """A text: its title (empty for an item or a section's own text) and its paragraphs.

    ``line`` is its first line in the file, from 1; 0 if it was drafted from the data.
    """

    section: str
    title: str
    paragraphs: tuple[str, ...]
    quoted: tuple[QuotedFigures, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Editorial:
    """The editors' texts of one issue, in their order."""

    department: tuple[Article, ...] = ()
    district_news: tuple[Article, ...] = ()
    statistics: Article | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """All texts, in the order of the issue."""
        own = (self.statistics,) if self.statistics else ()
        return (*self.department, *self.district_news, *own)


def load_editorial(path: Path) -> Editorial:
    """Read the editors' file; without one an issue has only the drafted texts.

    Raises EditorialError with file and line if the file cannot be used.
    """
    if not path.is_file():
        return Editorial()
    if path.stat().st_size > _LARGEST_FILE:
        raise EditorialError(f"{path.name}：超过 1 MB，不是一期的文稿；请检查是否放错了文件")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EditorialError(f"{path.name}：不是 UTF-8 文本，请另存为 UTF-8") from error
    return parse_editorial(text, path.name)


def parse_editorial(text: str, name: str) -> Editorial:
    """Return the texts of an editors' file called ``name``; raise EditorialError."""
    blocks = MarkdownIt("zero").enable(["heading", "list", "blockquote"]).parse(text)
    found: dict[str, list[Article]] = {section: [] for section in SECTIONS}
    section = ""
    for level, words, line in _pieces(blocks):
        if level == "h1":
            section = _section(words, f"{name} 第{line}行")
        elif not section:
            raise EditorialError(f"{name} 第{line}行：文字不在任何栏目之下；{_allowed()}")
        elif level == "h2":
            found[section].append(Article(section, words, (), line=line))
        else:
            _add(found[section], section, level, words, f"{name} 第{line}行", line)
    statistics = found[STATISTICS]
    if len(statistics) > 1:
        raise EditorialError(f"{name} 第{statistics[1].line}行：“{STATISTICS}”不分篇目")
    for article in (article for articles in found.values() for article in articles):
        if not article.paragraphs:
            raise EditorialError(f"{name} 第{article.line}行：“{article.title}”没有正文")
    return Editorial(
        tuple(found[DEPARTMENT]),
        tuple(found[DISTRICT_NEWS]),
        statistics[0] if statistics else None,
    )


def _section(words: str, place: str) -> str:
    section = words.strip("【】 ")
    if section not in SECTIONS:
        raise EditorialError(f"{place}：没有“{words}”这个栏目；{_allowed()}")
    return section


def _allowed() -> str:
    return f"栏目用一级标题：{'、'.join(f'# {name}' for name in SECTIONS)}"


def _add(
    articles: list[Article], section: str, level: str, words: str, place: str, line: int
) -> None:
    """Add a paragraph, an item or a source to the section's texts."""
    if level == "quote":
        match = _SOURCE.match(words)
        if match is None or not articles:
            raise EditorialError(
                f"{place}：引用块只用来注明数字来源，放在所注文字之后，"
                "写法“> 数字来源：185万、16万——来源”"
            )
        figures = tuple(re.split(r"[、，,\s]+", match["figures"].strip()))
        quoted = QuotedFigures(figures, match["source"].strip())
        articles[-1] = replace(articles[-1], quoted=(*articles[-1].quoted, quoted))
    elif level == "item" or (section == STATISTICS and not articles):
        articles.append(Article(section, "", (words,), line=line))
    elif not articles:
        raise EditorialError(f"{place}：正文之前缺少篇名，篇名用二级标题“## ”")
    else:
        articles[-1] = replace(articles[-1], paragraphs=(*articles[-1].paragraphs, words))


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, str, int]]:
    """Yield (level, text, line) of every heading, paragraph, list item and quotation."""
    within: list[str] = []
    for before, token in pairwise(tokens):
        if before.type in ("list_item_open", "blockquote_open"):
            within.append("item" if before.type == "list_item_open" else "quote")
        elif before.type in ("list_item_close", "blockquote_close"):
            within.pop()
        if token.type == "inline" and token.content.strip():
            level = before.tag if before.type == "heading_open" else "paragraph"
            if level == "paragraph" and within:
                level = within[-1]
            words = "".join(line.strip() for line in token.content.splitlines())
            yield level, words.removeprefix("▲").strip(), (token.map or [0])[0] + 1
