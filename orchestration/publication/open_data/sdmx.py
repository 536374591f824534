"""The published table as SDMX-CSV 2.0, for statistics offices that exchange in SDMX.

It has one observation per district (and the city) and measure of the printed table. Importing the
library takes a third of a CPU second, so import this module only where it is used. Add a table
here when an office asks for it.
https://github.com/sdmx-twg/sdmx-csv
"""

from __future__ import annotations

import pandas as pd
from pysdmx.io.csv.sdmx20.writer import write
from pysdmx.io.pd import PandasDataset
from pysdmx.model import Component, Components, Concept, DataType, Role, Schema
from pysdmx.model.dataset import ActionType

from orchestration.publication.bulletin.model import Bulletin
from orchestration.reference.measures import PRINTED_MEASURES

AGENCY, DATAFLOW, VERSION = "FANGAN", "RPT_DISTRICT_MONTHLY", "1.0"
#: CL_OBS_STATUS: normal, provisional, of low reliability; O is a missing value.
_OBSERVATION_STATUS = {"final": "A", "provisional": "P", "withdrawn": "U"}
_MISSING = "O"
_DIMENSIONS = {
    "FREQ": "Frequency",
    "REF_AREA": "Reference area, six-digit code of GB/T 2260",
    "INDICATOR": "Measure, as the metric registry names it",
    "TIME_PERIOD": "Month",
}
_ATTRIBUTES = {
    "UNIT_MEASURE": "Unit of measure",
    "INDICATOR_KIND": "Kind of the measure, as the metric registry has it: STOCK, FLOW and others",
    "IS_TOTAL": "Whether the observation sums up those of the other reference areas",
    "OBS_STATUS": "Observation status",
    "VINTAGE": "Number of the release",
    "DATA_BASIS": "Ledger or report that the figure rests on",
    "IS_SIMULATED": "Whether simulated deliveries were counted",
}


def sdmx_csv(bulletin: Bulletin) -> bytes:
    """Return the month's printed table as SDMX-CSV; missing figures are marked as such."""
    dataset = PandasDataset(
        structure=_schema(), data=pd.DataFrame(_observations(bulletin)), action=ActionType.Replace
    )
    text = write([dataset])
    assert text is not None  # without a path the writer gives its text
    return text.encode()


def _observations(bulletin: Bulletin) -> list[dict[str, str]]:
    metrics = {metric.metric_id: metric for metric in bulletin.metrics}
    return [
        {
            "FREQ": "M",
            "REF_AREA": row.district_code,
            "INDICATOR": measure.upper(),
            "TIME_PERIOD": str(bulletin.month),
            "OBS_VALUE": "" if value is None else str(value),
            "UNIT_MEASURE": metrics[measure].unit,
            "INDICATOR_KIND": metrics[measure].kind.upper(),
            "IS_TOTAL": str(row.is_total).lower(),
            "OBS_STATUS": _MISSING if value is None else _OBSERVATION_STATUS[bulletin.status],
            "VINTAGE": str(bulletin.vintage),
            "DATA_BASIS": row.survey_basis if measure.startswith("surveyed") else row.case_basis,
            "IS_SIMULATED": str(bulletin.is_simulated).lower(),
        }
        for row in bulletin.rows
        for measure, value in zip(PRINTED_MEASURES, row.printed, strict=True)
    ]


def _schema() -> Schema:
    roles = [
        *((name, words, Role.DIMENSION) for name, words in _DIMENSIONS.items()),
        ("OBS_VALUE", "Observed value", Role.MEASURE),
        *((name, words, Role.ATTRIBUTE) for name, words in _ATTRIBUTES.items()),
    ]
    return Schema(
        context="dataflow",
        agency=AGENCY,
        id=DATAFLOW,
        version=VERSION,
        components=Components([_component(*role) for role in roles]),
    )


def _component(name: str, words: str, role: Role) -> Component:
    return Component(
        id=name,
        required=role is not Role.MEASURE,
        role=role,
        concept=Concept(id=name, name=words, dtype=DataType.STRING),
        local_dtype=DataType.STRING,
        attachment_level="O" if role is Role.ATTRIBUTE else None,
    )
