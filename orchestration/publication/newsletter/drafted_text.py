"""The sentences of 数据统计, inspection and building codes, drafted from the month's figures.

Editors may replace them (``editorial``), as long as ``newsletter.fact_check`` can trace their
numbers. Add a sentence when a mart has news every month.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.publication.bulletin.matching_wording import codes_text
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.sentences import DateText, Sentence, table_figure, without
from orchestration.publication.bulletin.topic_wording import change_text
from orchestration.publication.newsletter.editorial import DEPARTMENT, Article
from orchestration.reference.metrics import metric_name, short_name

#: An article whose title contains this is about the sampling inspection.
INSPECTION = "抽检核查"
#: An article whose title contains this is about building codes.
CODES = "一房一码"


def drafted_statistics(bulletin: Bulletin) -> tuple[str, ...]:
    """Return the paragraphs above the table; missing figures are not mentioned."""
    changes = change_text(bulletin.city_changes)
    return (bulletin.headline, *_cases(bulletin), *([changes] if changes else []))


def drafted_inspection(bulletin: Bulletin) -> tuple[Article, ...]:
    """Return the article on the sampling inspection; none if nothing was inspected."""
    return tuple(
        Article(DEPARTMENT, f"排查数据质量市级{INSPECTION}进展情况", (sentence,))
        for sentence in bulletin.inspection_text[:1]
    )


def drafted_codes(bulletin: Bulletin) -> tuple[Article, ...]:
    """Return the article on building codes; none in a month without a matching."""
    paragraphs = codes_text(bulletin.code_matchings, bulletin.month)
    title = f"“{CODES}”与公安“数字门牌”匹配关联情况"
    return (Article(DEPARTMENT, title, paragraphs),) if paragraphs else ()


def drafted_sentences(bulletin: Bulletin) -> tuple[Sentence, ...]:
    """Return every sentence that the platform writes for an issue, with its figures."""
    articles = (*drafted_codes(bulletin), *drafted_inspection(bulletin))
    texts = [text for article in articles for text in article.paragraphs]
    sentences = (*texts, *drafted_statistics(bulletin))
    return tuple(text for text in sentences if isinstance(text, Sentence))


def _cases(bulletin: Bulletin) -> Iterator[Sentence]:
    month = bulletin.month
    fields = (
        "suspected_count",
        "suspected_complaint_count",
        "suspected_patrol_count",
        "verified_count",
        "completed_count",
    )
    counts = [getattr(bulletin.city, field) for field in fields]
    if None in counts:
        return
    suspected, complaint, patrol, verified, completed = (
        table_figure(field, f"{count}起") for field, count in zip(fields, counts, strict=True)
    )
    names = [short_name(field) for field in fields]
    left_out = [row.district_name for row in bulletin.districts if row.case_basis == "missing"]
    yield Sentence(
        *(DateText(f"{month.number}月", month.last_day), f"，全市{names[0]}", suspected),
        *(f"{without(left_out)}，其中{names[1]}", complaint, f"、{names[2]}", patrol),
        *(f"；{metric_name('verified_count')}", verified, f"，{names[4]}", completed),
        "（含以前月份核实的）。",
    )
