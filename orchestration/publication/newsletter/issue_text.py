"""One issue in reading order: the bulletin's figures and the editors' texts.

The texts for docx, pdf and page are put in order here, so that these cannot disagree. Figures come
from ``bulletin``, texts from ``editorial``; ``newsletter.fact_check`` checks that they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orchestration.masthead import STANDARD_MASTHEAD, Masthead
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.sentences import carrying
from orchestration.publication.newsletter.drafted_text import (
    CODES,
    INSPECTION,
    drafted_codes,
    drafted_inspection,
    drafted_sentences,
    drafted_statistics,
)
from orchestration.publication.newsletter.editorial import (
    DISTRICT_NEWS,
    STATISTICS,
    Article,
    Editorial,
)
from orchestration.publication.newsletter.fact_check import Problem, check_prose
from orchestration.publication.newsletter.facts import facts_of


@dataclass(frozen=True)
class Newsletter:
    """The bulletin's figures and the texts around them.

    ``unreadable`` says why an editors' file could not be used: the issue then has only the drafted
    texts and cannot be released. ``masthead`` is what the office prints around them.
    """

    bulletin: Bulletin
    editorial: Editorial
    unreadable: str | None = None
    masthead: Masthead = STANDARD_MASTHEAD

    @property
    def department(self) -> tuple[Article, ...]:
        """部门动态 as the editors wrote it; codes and inspection are drafted if missing."""
        own = self.editorial.department
        texts = [text for article in own for text in (article.title, *article.paragraphs)]
        drafted = {
            CODES: drafted_codes(self.bulletin),
            INSPECTION: drafted_inspection(self.bulletin),
        }
        unwritten = [
            article
            for word, articles in drafted.items()
            if not any(word in text for text in texts)
            for article in articles
        ]
        return (*own, *unwritten)

    @property
    def district_news(self) -> tuple[Article, ...]:
        """地区动态, an item an article."""
        return self.editorial.district_news

    @property
    def statistics(self) -> tuple[str, ...]:
        """数据统计 in words: as an editor wrote it, or else as drafted from the figures."""
        own = self.editorial.statistics
        return own.paragraphs if own else drafted_statistics(self.bulletin)

    @property
    def contents(self) -> tuple[str, ...]:
        """本期要目: the articles' titles, then the sections that have any text."""
        titles = [article.title for article in self.department]
        return (*titles, *([DISTRICT_NEWS] if self.district_news else []), STATISTICS)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the texts cannot be released: an unusable file, numbers that agree with no figure."""
        unreadable = (self.unreadable,) if self.unreadable else ()
        return (*unreadable, *(str(problem) for problem in self._untraced))

    @property
    def _untraced(self) -> tuple[Problem, ...]:
        bulletin = self.bulletin
        drafted = Article(STATISTICS, "", self.statistics)
        own = self.editorial.statistics or drafted
        sentences = drafted_sentences(bulletin)
        articles = [
            replace(
                article, paragraphs=tuple(carrying(text, sentences) for text in article.paragraphs)
            )
            for article in (*self.department, *self.district_news, own)
        ]
        dates = {row.as_at for row in bulletin.deliveries if row.is_accepted and row.as_at}
        dates |= {row.as_at for row in bulletin.inspections}
        return check_prose(articles, facts_of(bulletin), bulletin.month, dates)
