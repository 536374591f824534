"""The decisions on a district's month taken together: which hold, and what became of them.

What one waiver or one correction does is in its own module; here they are chosen, told apart by
kind, and their outcomes kept for the release, also of kinds that were not delivered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.judgement.corrections import (
    Correction,
    Outcome,
    corrections_of,
    not_applied,
)
from orchestration.judgement.storing import CORRECTIONS, WAIVERS, store_decisions
from orchestration.judgement.waivers import Passed, Waiver, waiver_rows, waivers_of
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.records import StoredFile


@dataclass(frozen=True)
class MonthDecisions:
    """The waivers and corrections that hold for a district in a month."""

    waivers: tuple[Waiver, ...]
    corrections: tuple[Correction, ...]

    @property
    def fingerprint(self) -> list[str]:
        """What of them a judgement depends on: everything they say."""
        return [repr(decision) for decision in (*self.waivers, *self.corrections)]

    def of_kind(self, kind: str) -> MonthDecisions:
        """Return those on one kind."""
        return MonthDecisions(
            tuple(waiver for waiver in self.waivers if waiver.kind == kind),
            tuple(correction for correction in self.corrections if correction.kind == kind),
        )


def load_month_decisions(settings: Settings, month: Month, district_id: str) -> MonthDecisions:
    """Read the seeds; raise DecisionError naming file and line of a row that cannot hold."""
    return MonthDecisions(
        waivers_of(settings.decisions, month, district_id),
        corrections_of(settings.decisions, month, district_id),
    )


def store_outcomes(
    settings: Settings,
    place: tuple[Month, str, str],
    decisions: MonthDecisions,
    passed: Mapping[str, Passed],
    corrected: Mapping[str, Sequence[Outcome]],
) -> dict[str, StoredFile]:
    """Write what became of every decision, by name; nothing where there are none.

    ``place`` is month, district and the kind under which the files are kept; ``passed`` and
    ``corrected`` tell, for each delivered kind, what was let pass and what was corrected.
    """
    month, district_id, name = place
    undelivered = [item for item in decisions.corrections if item.kind not in corrected]
    outcomes = [
        *(outcome for kind in corrected.values() for outcome in kind),
        *not_applied(undelivered, "本月未报送"),
    ]
    written = {
        "waivers": (waiver_rows(decisions.waivers, passed), WAIVERS),
        "corrections": ([outcome.row for outcome in outcomes], CORRECTIONS),
    }
    folder = settings.quarantine / str(month) / district_id
    return {
        content: store_decisions(
            settings, folder / f"{name}.{content}.parquet", month, rows, schema
        )
        for content, (rows, schema) in written.items()
        if rows
    }
