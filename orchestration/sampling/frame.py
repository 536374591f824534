"""The frame: which buildings of a month's accepted ledgers may be drawn.

Surveyed urban buildings (已排查 的 城镇住宅、城镇非住宅). Add a column here if the contractors need
it to find a house; personal columns never are. How the sample is drawn is ``draw``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from orchestration.formats.sql import in_memory
from orchestration.reference import vocabulary
from orchestration.reference.districts import reporting_districts
from orchestration.reference.kinds import BUILDING_SURVEY
from orchestration.reference.months import Month
from orchestration.sampling.draw import FrameRow
from orchestration.settings import Settings
from orchestration.store.files import spill_folder, verified
from orchestration.store.ledger import Ledger

CATEGORIES = ("城镇住宅", "城镇非住宅")
#: The stratum of buildings without a risk in the ledger.
NO_RISK = "未填"
_QUERY = """
    select
        district_id,
        building_category,
        coalesce(initial_risk, $no_risk) as initial_risk,
        building_id,
        town,
        community,
        address,
        building_name,
        cast(floor_area_m2 as decimal(14, 2)) as floor_area_m2
    from read_parquet($files)
    where survey_status = '已排查' and list_contains($categories, building_category)
    order by district_id, building_id
"""


@dataclass(frozen=True)
class Frame:
    """The buildings that may be drawn, and the districts without a ledger among them.

    ``buildings`` has the columns of FrameRow, then what identifies a house: town, community,
    address, building_name, floor_area_m2. ``absent`` are ids in bulletin order.
    """

    buildings: pa.Table
    absent: tuple[str, ...]
    is_simulated: bool

    @property
    def rows(self) -> list[FrameRow]:
        """The buildings as the draw takes them."""
        columns = [self.buildings[name].to_pylist() for name in FrameRow._fields]
        return [FrameRow(*values) for values in zip(*columns, strict=True)]


def load_frame(settings: Settings, ledger: Ledger, month: Month) -> Frame:
    """Read the frame of a month as it was judged last.

    Raises StoredFileDamageError if accepted rows are gone or changed on disk.
    """
    judged = {
        judgement.district_id: judgement
        for judgement in ledger.judgements(month)
        if judgement.kind == BUILDING_SURVEY and "accepted" in judgement.files
    }
    files = [judgement.files["accepted"] for judgement in judged.values()]
    paths = [str(verified(settings.home / file.path, file.sha256)) for file in files]
    arrivals = [ledger.arrival(j.delivery_id) for j in judged.values() if j.delivery_id]
    return Frame(
        buildings=_read(paths, settings.scratch),
        absent=tuple(
            district.district_id
            for district in reporting_districts(month)
            if district.district_id not in judged
        ),
        is_simulated=any(a is not None and vocabulary.SIMULATED in a.file_name for a in arrivals),
    )


def _read(paths: list[str], scratch: Path) -> pa.Table:
    if not paths:
        names = (*FrameRow._fields, "town", "community", "address", "building_name")
        return pa.table({name: pa.array([], pa.string()) for name in (*names, "floor_area_m2")})
    with in_memory(spill_folder(scratch)) as connection:
        values = {"files": paths, "categories": list(CATEGORIES), "no_risk": NO_RISK}
        return connection.sql(_QUERY, params=values).to_arrow_table()
