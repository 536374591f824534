"""The numbers that Dagster plots of an asset from month to month: at most six an asset.

Add one here if its course says something; a table of details belongs in the asset's preview.
https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

from collections.abc import Sequence
from time import process_time

from dagster import FloatMetadataValue, IntMetadataValue, MetadataValue

from orchestration.reference import vocabulary
from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement

Numbers = dict[str, IntMetadataValue | FloatMetadataValue]


class Stopwatch:
    """The CPU seconds of this process since it was made; reading has processes of its own."""

    def __init__(self) -> None:
        self._started = process_time()

    def numbers(self) -> Numbers:
        """Return the seconds until now."""
        return {"CPU 秒": MetadataValue.float(round(process_time() - self._started, 2))}


def delivery_numbers(
    ledger: Ledger, month: Month, district_id: str, judgements: Sequence[Judgement]
) -> Numbers:
    """Return a district's rows by outcome, its latest version and its days late; none if missing.

    The version is the highest of its files', the days those of its latest first delivery.
    """
    versions = [a.version for a in ledger.arrivals(month).values() if a.district_id == district_id]
    if not versions:
        return {}
    rows = {
        "accepted": sum(j.accepted_count or 0 for j in judgements),
        "quarantined": sum(j.quarantined_count or 0 for j in judgements),
    }
    numbers: Numbers = {
        f"{vocabulary.ROW_OUTCOMES[outcome]}行数": MetadataValue.int(count)
        for outcome, count in rows.items()
    }
    numbers["版次"] = MetadataValue.int(max(versions))
    late = [
        days
        for (district, _), days in ledger.days_late(month).items()
        if district == district_id and days is not None
    ]
    if late:
        numbers["逾期天数"] = MetadataValue.int(max([0, *late]))
    return numbers


def vintage_number(ledger: Ledger, month: Month) -> Numbers:
    """Return the number of the release that is shown of a month; 0 is provisional."""
    shown = ledger.release_state(month).shown
    return {"版次": MetadataValue.int(shown.number if shown else 0)}
