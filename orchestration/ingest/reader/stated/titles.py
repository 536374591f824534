"""What stands around a table: which month it claims to be of, and which districts it names.

Lives here: listing the dates of titles, footers and names, and what they come to. Which of them are
claims is decided in ``claims``, how dates are spelled in ``date_text``; whether a claim is right is
asked in ``judgement``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from orchestration.ingest.reader.privacy import without_tag
from orchestration.ingest.reader.stated.claims import evidence_of
from orchestration.ingest.reader.stated.date_text import Found, find_dates
from orchestration.ingest.reader.stated.plain_text import CELL, plain
from orchestration.ingest.reading import Claim
from orchestration.reference.districts import district_ids, districts_named_in
from orchestration.reference.months import Month

#: The standings that say which month a file is of.
CLAIMING = ("marked", "plain", "month", "period")
_MAX_CLAIMS = 60
#: A year before these is no year of a title.
_OTHER_YEARS = re.compile(r"^(?:版|修|制|起|以来|前|后|建|普查|计划|印发|标准|发|施行|第?\d)")


@dataclass(frozen=True)
class Titles:
    """What the texts of a file say without its folder and name.

    ``claims`` are all dates that stand there, their ``row`` being the number of the text among
    those of its place, from 0, and their ``cell`` the number of the cell in it.
    """

    districts: tuple[str, ...]
    claims: tuple[Claim, ...]

    @property
    def as_at(self) -> date | None:
        """The as-at day that the claims with a year make."""
        return as_at_of(self.claims)[0]

    @property
    def months(self) -> tuple[str, ...]:
        """The months claimed with their year."""
        return months_of(self.claims)


def read_titles(texts: Iterable[str], footers: Iterable[str] = (), sheet_name: str = "") -> Titles:
    """Read the rows above a table, those below it and the name of its sheet; tabs part cells.

    >>> titles = read_titles(["姑苏区2022年10月月报表", "填报日期：2022年11月3日"])
    >>> titles.as_at, titles.months, titles.districts
    (datetime.date(2022, 10, 31), ('2022-10',), ('gusu',))
    """
    lines = list(texts)
    claims = [
        *_claims("title", lines),
        *_claims("footer", footers),
        *_claims("sheet", [without_tag(sheet_name)]),
    ]
    claims = _of_the_title_year(claims, [plain(line) for line in lines])[:_MAX_CLAIMS]
    found = districts_named_in("\n".join(plain(line) for line in lines))
    ids = tuple(d for d in district_ids() if d in found)
    return Titles(ids, tuple(claims))


def name_claims(file_name: str) -> list[Claim]:
    """Return the dates in a file's name; a day in it is mostly that of sending."""
    stem = re.sub(r"(?:\.(?:xlsx?|xlsm|csv|et|txt))+$", "", file_name, flags=re.IGNORECASE)
    claims = _claims("file", [without_tag(stem).replace("_", " ")])
    return [replace(claim, row=None, cell=None) for claim in claims]


def as_at_of(claims: Sequence[Claim]) -> tuple[date | None, str | None]:
    """Return the as-at day that claims with a year make, and where it stands: title or column.

    A marked day wins over a column's, that over another day, a day over a month, which stands for
    its last day.
    """
    ranked = (
        ("marked", ("title", "footer", "sheet", "file")),
        ("marked", ("column",)),
        ("plain", None),
        ("period", None),
        ("month", None),
        ("doubtful", None),
    )
    for evidence, places in ranked:
        days = [
            _last_day(claim)
            for claim in claims
            if claim.evidence == evidence and (places is None or claim.place in places)
            if claim.year is not None and claim.month is not None
        ]
        if days:
            return max(days), "column" if places == ("column",) else "title"
    return None, None


def months_of(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the months that are claimed with their year, in order."""
    return tuple(
        sorted(
            {
                str(Month(claim.year, claim.month))
                for claim in claims
                if claim.evidence in CLAIMING and claim.year and claim.month
            }
        )
    )


def _last_day(claim: Claim) -> date:
    assert claim.year is not None
    assert claim.month is not None
    if claim.day is None:
        return Month(claim.year, claim.month).last_day
    return date(claim.year, claim.month, claim.day)


def _claims(place: str, texts: Iterable[str]) -> Iterable[Claim]:
    """Yield what the texts of one place say, each with its place and evidence."""
    for number, text in enumerate(texts):
        line = plain(text)
        end, year = 0, None
        for found in find_dates(line):
            if found.form == "year":
                is_years = not _OTHER_YEARS.match(line[found.end :])
                year = found.year if is_years else year
                if line.strip(CELL) == found.text and place == "title":
                    yield Claim(place, found.text, "year", found.year, row=number)
                continue
            if found.year is None and year is not None and found.form in ("month", "period"):
                found = replace(found, year=year, since=_in_year(found, year))
            yield Claim(
                place,
                found.text.strip(".- ").replace(CELL, ""),
                evidence_of(place, line, found, end),
                found.year,
                found.month,
                found.day,
                found.since,
                number,
                str(line.count(CELL, 0, found.start)),
            )
            end = found.end


def _in_year(found: Found, year: int) -> tuple[int | None, int, int | None] | None:
    if found.since is None:
        return None
    _, month, day = found.since
    return year if found.month is None or month <= found.month else year - 1, month, day


def _of_the_title_year(claims: list[Claim], lines: Sequence[str]) -> list[Claim]:
    """Give months without a year the one that a title row names alone; drop such rows."""
    years = {claim.year for claim in claims if claim.evidence == "year"}
    rest = [claim for claim in claims if claim.evidence != "year"]
    if len(years) != 1:
        return rest
    [year] = years
    return [
        replace(claim, year=year)
        if claim.year is None and claim.month and claim.evidence in ("month", "plain", "marked")
        else claim
        for claim in rest
    ]
