"""``explain.html``: a page beside each bulletin that explains every figure of its table.

The bulletin's figures link to one card each: definition, formula, value by vintage, the delivery
and the places of its rows, and what was corrected, waived or not counted. ``fangan explain`` lists
single rows; its command is on the card. Add here what a reader of the published folder would ask;
``figure_sources`` finds the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.bulletin.printed_table import PRINTED_HEADERS, SUSPECTED_HEADER
from orchestration.publication.bulletin.rows import (
    Correction,
    Delivery,
    DistrictFigures,
    Metric,
    Waiver,
)
from orchestration.publication.explain.figure_sources import Place, Sources, kind_behind
from orchestration.publication.html.templating import render
from orchestration.reference.measures import EXACT, MEASURED, measured_in, parts_give, rows_give

EXPLANATIONS = "explain.html"
#: Figures that the page computes from the table's, by their ids in the metric registry.
_DERIVED = ("suspected_count", "mean_floor_area_m2")
_BASES = {
    "ledger": "台账（逐项记录）",
    "reported": "月报表",
    "mixed": "台账和月报表",
    "missing": "没有可用的报送",
}


def anchor_of(district_id: str, measure: str) -> str:
    """Return the anchor of a figure's card, to which ``figure_table`` links."""
    return f"{district_id}-{measure}"


@dataclass(frozen=True)
class Version:
    """A figure in one vintage, as text."""

    vintage: int
    status: str
    value: str


@dataclass(frozen=True)
class Part:
    """A component of another figure, and the card that explains it."""

    name: str
    value: str
    anchor: str


@dataclass(frozen=True)
class Card:
    """The explanation of one figure, with numbers as text.

    A total or derived figure has ``parts``, a district's figure has a delivery. ``adds_up`` says
    whether parts or counted rows add up to the figure; None if it is missing or derived, or if no
    rows were kept (``counted`` is None).
    """

    anchor: str
    district_name: str
    metric: Metric
    value: str
    versions: tuple[Version, ...]
    command: str
    basis: str = ""
    parts: tuple[Part, ...] = ()
    delivery: Delivery | None = None
    counted: tuple[Place, ...] | None = None
    quarantined: tuple[Place, ...] = ()
    corrections: tuple[Correction, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    adds_up: bool | None = None


def render_explanations(bulletin: Bulletin, sources: Sources, released_at: datetime) -> str:
    """Return ``explain.html``; the same bulletin, rows and time give the same text."""
    metrics = [m for m in bulletin.metrics if m.metric_id in (*MEASURED, *_DERIVED)]
    return render(
        "explain.html.j2",
        bulletin=bulletin,
        released_at=released_at,
        figures=[(metric, list(_cards(bulletin, sources, metric))) for metric in metrics],
        headers=PRINTED_HEADERS,
        suspected_header=SUSPECTED_HEADER,
    )


def _cards(bulletin: Bulletin, sources: Sources, metric: Metric) -> Iterator[Card]:
    """Yield a metric's cards, the city's first."""
    measure = metric.metric_id
    for row in (bulletin.city, *bulletin.districts):
        card = Card(
            anchor=anchor_of(row.district_id, measure),
            district_name=row.district_name,
            metric=metric,
            value=wording.printed_value(getattr(row, measure)),
            versions=_versions(bulletin, row, measure),
            command=f"fangan explain {bulletin.month} {row.district_name} {measure}",
        )
        if measure not in MEASURED:
            yield _derived(card, bulletin, row)
        elif row.is_city:
            yield _city(card, bulletin, measure)
        else:
            yield _district(card, bulletin, sources, row)


def _versions(bulletin: Bulletin, row: DistrictFigures, measure: str) -> tuple[Version, ...]:
    return tuple(
        Version(kept.vintage, kept.status, wording.printed_value(getattr(kept, measure)))
        for kept in bulletin.history.vintages
        if kept.district_id == row.district_id
    )


def _derived(card: Card, bulletin: Bulletin, row: DistrictFigures) -> Card:
    """Complete the card of a figure derived from others of the same place."""
    names = {metric.metric_id: metric.chinese_name for metric in bulletin.metrics}
    parts = (
        Part(
            names[name],
            wording.printed_value(getattr(row, name)),
            anchor_of(row.district_id, name),
        )
        for name in measured_in(card.metric.formula)
        if name in names
    )
    return replace(card, parts=tuple(parts))


def _city(card: Card, bulletin: Bulletin, measure: str) -> Card:
    """Complete the card of a total: its districts, and whether they add up to it."""
    exact = EXACT.get(measure, measure)
    return replace(
        card,
        basis=_BASES[getattr(bulletin.city, MEASURED[measure].basis)],
        parts=tuple(
            Part(
                row.district_name,
                wording.printed_value(getattr(row, measure)),
                anchor_of(row.district_id, measure),
            )
            for row in bulletin.districts
        ),
        adds_up=parts_give(
            getattr(bulletin.city, exact), (getattr(row, exact) for row in bulletin.districts)
        ),
    )


def _district(card: Card, bulletin: Bulletin, sources: Sources, row: DistrictFigures) -> Card:
    """Complete the card of a district's figure with its delivery and rows."""
    measure, kind = card.metric.metric_id, kind_behind(row, card.metric.metric_id)
    basis = _BASES[getattr(row, MEASURED[measure].basis)]
    if kind is None:
        return replace(card, basis=basis)
    place = (row.district_id, kind)
    counted = sources.counted.get((row.district_id, measure))
    total = sum((Decimal(rows.total) for rows in counted or ()), Decimal(0))
    return replace(
        card,
        basis=basis,
        delivery=next((d for d in bulletin.deliveries if (d.district_id, d.kind) == place), None),
        counted=counted,
        quarantined=sources.quarantined.get(place, ()),
        corrections=tuple(c for c in bulletin.corrections if (c.district_id, c.kind) == place),
        waivers=tuple(w for w in bulletin.waivers if (w.district_id, w.kind) == place),
        adds_up=None if counted is None else rows_give(measure, getattr(row, measure), total),
    )
