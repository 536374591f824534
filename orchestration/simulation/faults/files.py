"""Faults in totals, reports and whole files, named by entries of the catalogue.

Each function changes a draft before it is written and reports where that shows; None if the
draft does not suit. Add one here, list it in ``WRITERS`` and name it in an entry's ``plant``.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.reference.districts import district_in, reporting_districts
from orchestration.simulation.drafts import Draft
from orchestration.simulation.faults.form import Setting, Spot, Writer, last_row
from orchestration.simulation.faults.months import exempt_positions
from orchestration.simulation.files import layouts

_WHOLE_FILE = Spot(None, None, None)


def change_a_measure(
    draft: Draft,
    _: Setting,
    *,
    field: str,
    times: float = 1,
    plus: int = 0,
    digits: int | None = None,
) -> Spot:
    """Change one measure in the last row of a report; whole numbers without ``digits``."""
    *others, row = draft.report.rows
    changed = round(row[field] * times + plus, digits)
    draft.rows = replace(draft.report, rows=(*others, row | {field: changed}))
    return Spot(last_row(draft), field, None, (field,))


def repeat_a_number(draft: Draft, _: Setting) -> Spot | None:
    """Write the number of one exempt building over that of another."""
    exempt = exempt_positions(draft)
    if len(exempt) < 2:
        return None
    first, second = exempt[0], exempt[1]
    own, other = (draft.table["building_id"][position].as_py() for position in (first, second))
    draft.overrides[second, "building_id"] = own
    return Spot(
        draft.first_row + second,
        "building_id",
        own,
        ("building_id",),
        also=((draft.first_row + first, "building_id", own),),
        lost=(other,),
    )


def raise_the_total(draft: Draft, _: Setting) -> Spot | None:
    """Add 100 to the area in the 合计 row."""
    area = draft.totals.get("floor_area_m2")
    if area is None:
        return None
    draft.total_overrides["floor_area_m2"] = f"{float(area) + 100:.2f}"
    return Spot(draft.first_row + draft.row_count, "floor_area_m2", "合计", ("floor_area_m2",))


def replace_the_content(draft: Draft, _: Setting, *, content: str) -> Spot:
    """Deliver a text in place of the file."""
    draft.rewrite = lambda _: content.encode()
    return _WHOLE_FILE


def cut_the_csv_short(draft: Draft, _: Setting) -> Spot | None:
    """Cut a csv behind a comma, as an interrupted transfer would."""
    if draft.layout.encoding is None:
        return None
    draft.rewrite = lambda content: content[: content.rindex(b",", 0, len(content) * 7 // 10) + 1]
    return _WHOLE_FILE


def title_last_month(draft: Draft, _: Setting) -> Spot:
    """Head the file with the month before."""
    name = district_in(draft.area_id, draft.month).district_name
    draft.title = layouts.title(name, draft.month.previous, draft.contract)
    return _WHOLE_FILE


def title_another_district(draft: Draft, _: Setting) -> Spot:
    """Head the file with another district."""
    other = next(d for d in reporting_districts(draft.month) if d.district_id != draft.area_id)
    draft.title = layouts.title(other.district_name, draft.month, draft.contract)
    return _WHOLE_FILE


def title_without_date(draft: Draft, _: Setting) -> Spot:
    """Head the file without its as-at date."""
    draft.title = draft.contract.title
    return _WHOLE_FILE


def rename_a_column(draft: Draft, _: Setting, *, field: str, header: str) -> Spot:
    """Write another header over a column."""
    draft.headers[field] = header
    return Spot(None, field, None)


def leave_a_column_out(draft: Draft, _: Setting, *, field: str) -> Spot:
    """Deliver the file without one column."""
    draft.left_out.add(field)
    return Spot(None, field, None)


def deliver_twice(draft: Draft, _: Setting) -> Spot:
    """Deliver the file under two names."""
    draft.is_doubled = True
    return _WHOLE_FILE


WRITERS: tuple[Writer, ...] = (
    change_a_measure,
    repeat_a_number,
    raise_the_total,
    replace_the_content,
    cut_the_csv_short,
    title_last_month,
    title_another_district,
    title_without_date,
    rename_a_column,
    leave_a_column_out,
    deliver_twice,
)
