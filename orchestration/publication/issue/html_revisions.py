"""The page's section on revisions: a month's releases, what each changed, and by how much.

Without a release or a revision it says so and shows no empty table. Add here what readers ask
about vintages; ``bulletin.history`` has the rows.
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.history import MeanRevision, Revision
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.sentences import CITY_PLACE
from orchestration.publication.issue.html_layout import Table, Topic
from orchestration.reference import vocabulary
from orchestration.reference.metrics import metric_name
from orchestration.reference.months import chinese_date

#: Revisions shown on the page; marts.rpt_revision has all of them.
REVISIONS_SHOWN = 60
_MEANS = ("mean_revision", "mean_absolute_revision")
_POLICY = (
    "修订办法：发布后数据锁定，只随下一版修订，每次修订写明原因；各版数字长期保存，"
    "可查询（statistics.duckdb 的 as_released、as_known_on）。"
)


def revisions_of(bulletin: Bulletin) -> Topic:
    """Return the month's releases and the figures that they revised."""
    history = bulletin.history
    if not history.releases:
        summary = "本月尚未发布，表中是最近一次运行的数，会随报送更新；无修订。"
        return Topic("revisions", "修订", (summary, _POLICY))
    tables = [_releases(bulletin)]
    if history.revisions:
        tables.append(_revisions(bulletin))
        summary = f"本月已发布{len(history.releases)}版，各版之间修订{len(history.revisions)}个数。"
    elif len(history.releases) > 1:
        summary = f"本月已发布{len(history.releases)}版，各版统计表的数相同，无修订。"
    else:
        summary = "本月发布过一版，无修订。"
    revised = [row for row in history.mean_revisions if row.revised_month_count]
    if revised:
        tables.append(_mean_revisions(bulletin, revised))
    return Topic("revisions", "修订", (summary, _POLICY), tables=tuple(tables))


def _releases(bulletin: Bulletin) -> Table:
    return Table(
        "各版",
        ("版次", "状态", "发布时间", "原因", "说明"),
        tuple(
            (
                wording.vintage_name(row.vintage),
                vocabulary.VINTAGE_STATES[row.status],
                f"{chinese_date(row.released_at)} {row.released_at:%H:%M}",
                vocabulary.REVISION_REASONS.get(row.reason_code or "", "首次发布"),
                row.note,
            )
            for row in bulletin.history.releases
        ),
        texts=frozenset(range(1, 5)),
    )


def _revisions(bulletin: Bulletin) -> Table:
    revisions = bulletin.history.revisions
    names = {row.district_code: row.district_name for row in bulletin.districts}
    places = {row.district_code: place for place, row in enumerate(bulletin.rows)}
    rows = sorted(revisions, key=lambda r: (r.vintage, places.get(r.district_code, 0)))
    capped = len(rows) - REVISIONS_SHOWN
    rest = f"修订的数（列前{REVISIONS_SHOWN}个，其余{capped}个见 marts.rpt_revision）"
    return Table(
        rest if capped > 0 else "修订的数",
        ("地区", "版次", "指标", "修订前", "修订后", "差额", "原因", "引起修订的报送"),
        tuple(
            (
                names.get(row.district_code, CITY_PLACE),
                wording.vintage_name(row.vintage),
                _measure(bulletin, row.metric_id),
                *_values(row),
                vocabulary.REVISION_REASONS.get(row.reason_code or "", wording.MISSING),
                row.delivery or "没有报送变化",
            )
            for row in rows[:REVISIONS_SHOWN]
        ),
        texts=frozenset({1, 2, 6, 7}),
    )


def _values(row: Revision) -> tuple[str, str, str]:
    def shown(value: Decimal | None, *, is_signed: bool = False) -> str:
        if value is None:
            return wording.MISSING
        return wording.reconciled_value(value, row.metric_id, is_signed=is_signed)

    return shown(row.old_value), shown(row.new_value), shown(row.difference, is_signed=True)


def _mean_revisions(bulletin: Bulletin, rows: list[MeanRevision]) -> Table:
    return Table(
        "全市平均修订，首版到末版",
        ("指标", "已发布月数", "修订月数", *map(metric_name, _MEANS)),
        tuple(
            (
                _measure(bulletin, row.metric_id),
                str(row.released_month_count),
                str(row.revised_month_count),
                *(
                    wording.MISSING if mean is None else f"{mean:.2f}"
                    for mean in (getattr(row, metric) for metric in _MEANS)
                ),
            )
            for row in rows
        ),
    )


def _measure(bulletin: Bulletin, measure: str) -> str:
    names = {metric.metric_id: metric.chinese_name for metric in bulletin.metrics}
    return names.get(measure, measure)
