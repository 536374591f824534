"""The technical note of a release: how its figures were made and how far they can be trusted.

It is written from the metric registry, the rules' verdicts and the month's facts, in the sections
that official statistics have: sources, coverage, quality, definitions, rounding, revisions,
disclosure control, licence, contact, next publication. ``technical_note.html`` and ``.docx`` show
the same ``NoteSection``s. Add a section here if a reader of the figures must know it every month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.masthead import Masthead
from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.next_issue import next_issue
from orchestration.publication.bulletin.printed_table import PRINTED_HEADERS
from orchestration.publication.issue.html_layout import Table
from orchestration.publication.issue.html_revisions import revisions_of
from orchestration.publication.open_data.disclosure_control import smallest_published_count
from orchestration.reference import vocabulary
from orchestration.reference.months import chinese_date

HTML, DOCX = "technical_note.html", "technical_note.docx"
_NO_LICENCE = "尚未声明数据许可；引用时请注明来源、数据月份和版次。"


@dataclass(frozen=True)
class NoteSection:
    """A section: its title, whole sentences, and a table, if any."""

    title: str
    sentences: tuple[str, ...]
    table: Table | None = None


def note_title(bulletin: Bulletin) -> str:
    """Return the note's title."""
    return f"{bulletin.month.chinese}苏州市房屋使用安全数据统计技术说明"


def note_sections(bulletin: Bulletin, masthead: Masthead) -> tuple[NoteSection, ...]:
    """Return the note's sections in order; one that the office has not filled in is left out."""
    contact = "，".join(filter(None, (masthead.publisher, masthead.contact)))
    return (
        _sources(bulletin),
        _coverage(bulletin),
        _quality(bulletin),
        _definitions(bulletin),
        NoteSection("舍入", (*wording.rounding_rules(), *bulletin.rounding_notes)),
        _revisions(bulletin),
        _disclosure(),
        NoteSection("数据许可", (masthead.licence or _NO_LICENCE,)),
        *((NoteSection("联系方式", (f"{contact}。",)),) if contact else ()),
        NoteSection("下次发布", (f"{next_issue(bulletin.month)}。",)),
    )


def _sources(bulletin: Bulletin) -> NoteSection:
    """Return which forms were delivered by how many districts, and which figures use which."""
    kinds = list(dict.fromkeys(row.kind for row in bulletin.deliveries))
    rows = []
    for kind in kinds:
        of_kind = [row for row in bulletin.deliveries if row.kind == kind]
        states = Counter(row.state for row in of_kind)
        if set(states) == {"missing"}:
            continue
        accepted = [row for row in of_kind if row.is_accepted]
        rows.append(
            (
                wording.kind_name(kind),
                str(len(accepted)),
                str(states["refused"]),
                str(states["missing"]),
                str(sum(row.row_count or 0 for row in accepted)),
                str(sum(row.accepted_count or 0 for row in accepted)),
            )
        )
    table = Table(
        "收到的报表",
        ("报表", "采用（份）", "退回（份）", "未报（份）", "行数", "计入"),
        tuple(rows),
    )
    sentences = (
        f"数据由各地区按月报送，截至{chinese_date(bulletin.as_at)}。",
        *bulletin.basis_notes,
        "地区的台账可用时采用台账，否则采用月报表；两者都有的逐项核对，差异列在公报网页。",
    )
    return NoteSection("数据来源", sentences, table)


def _coverage(bulletin: Bulletin) -> NoteSection:
    whole = sum(not row.is_partial for row in bulletin.districts)
    sentences = (
        f"统计{len(bulletin.districts)}个地区的既有建筑和违法拆改行为，其中{whole}个地区数据齐全。",
        *(bulletin.gaps or ("没有地区缺报。",)),
    )
    return NoteSection("覆盖范围", sentences)


def _quality(bulletin: Bulletin) -> NoteSection:
    """Return the verdicts by dimension, then what is in doubt and what was decided."""
    dimensions = list(dict.fromkeys(sorted(row.dimension for row in bulletin.verdicts)))
    rows = []
    for dimension in dimensions:
        of_dimension = [row for row in bulletin.verdicts if row.dimension == dimension]
        outcomes: Counter[str] = Counter(row.outcome for row in of_dimension)
        rows.append(
            (
                dimension,
                str(len({row.rule_id for row in of_dimension})),
                *(str(outcomes[outcome]) for outcome in vocabulary.OUTCOMES),
            )
        )
    table = Table(
        "规则的判定（份）",
        ("维度", "规则数", *vocabulary.OUTCOMES.values()),
        tuple(rows),
    )
    differing = sum(row.difference != 0 for row in bulletin.differences)
    counts = Counter(
        {
            severity: sum(of.get(severity, 0) for of in bulletin.severity_counts.values())
            for severity in vocabulary.SEVERITIES
        }
    )
    found = "、".join(
        f"{name}{counts[severity]}处"
        for severity, name in vocabulary.SEVERITIES.items()
        if counts[severity]
    )
    return NoteSection("质量评估", tuple(_assessed(bulletin, found, differing)), table)


def _assessed(bulletin: Bulletin, found: str, differing: int) -> Iterator[str]:
    yield "每份报表按公开的规则逐条判定；不能计入的行隔离并退回地区，不改动所报的数。"
    yield f"发现问题单元格：{found}。" if found else "没有发现问题单元格。"
    if bulletin.differences:
        yield f"台账与月报核对{len(bulletin.differences)}个数，不一致{differing}个。"
    yield from bulletin.doubt_notes or ("没有待核实的数据。",)
    yield from bulletin.decisions or ("没有更正，没有豁免。",)
    yield from bulletin.inspection_text


def _definitions(bulletin: Bulletin) -> NoteSection:
    table = Table(
        "统计表的指标",
        ("指标", "单位", "类型", "口径"),
        tuple(
            (
                metric.chinese_name,
                metric.unit,
                vocabulary.METRIC_KINDS[metric.kind],
                f"{metric.definition}统计总体：{metric.population_name}。",
            )
            for metric in bulletin.metrics
            if metric.metric_id in PRINTED_HEADERS
        ),
        texts=frozenset({1, 2, 3}),
    )
    return NoteSection("指标口径", wording.reading_notes(), table)


def _revisions(bulletin: Bulletin) -> NoteSection:
    topic = revisions_of(bulletin)
    return NoteSection("修订办法", topic.sentences, next(iter(topic.tables), None))


def _disclosure() -> NoteSection:
    smallest = smallest_published_count()
    return NoteSection(
        "披露控制",
        (
            f"区县以下的统计表中，小于{smallest}的数不公布，并隐去可据以推算它的数。",
            "公布的表不含个人信息，也不含单幢建筑和单个案件；姓名、电话和证件号只留状态。",
        ),
    )
