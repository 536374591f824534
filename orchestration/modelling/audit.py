"""The audit between building and publishing: may this month be shown.

Stops what would be our own fault: rows that went astray, a rule that could not be asked or was
forgotten, models that have not passed all their tests since they were last built, or were built
from something else than the ledger and the code are now. A district's failing verdicts never stop
a publication.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rule_files import load_rulebooks
from orchestration.modelling.stamp import read_stamp
from orchestration.modelling.up_to_date import built_inputs, month_code_version
from orchestration.reference.districts import CITY_ID, reporting_districts
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement


class AuditError(RuntimeError):
    """The month may not be published; the message lists every reason."""


def audit_month(
    settings: Settings, ledger: Ledger, month: Month, *, is_published: bool = False
) -> None:
    """Raise AuditError unless the month was built as the ledger stands, and passed every test.

    Every row and every rule of it must be accounted for too. With ``is_published`` the published
    file must hold what was built. The caller holds the lock on the warehouse.
    """
    faults = [
        *audit_faults(ledger, month),
        *_stamp_faults(settings, ledger, month, is_published=is_published),
    ]
    if faults:
        raise AuditError(f"{month} is not published: " + "; ".join(faults))


def _stamp_faults(
    settings: Settings, ledger: Ledger, month: Month, *, is_published: bool
) -> Iterator[str]:
    """Yield how the month's models differ from what its deliveries and the code ask for."""
    stamp = read_stamp(settings, month)
    remedy = f"run `fangan month {month} --again`"
    if stamp is None:
        yield (
            "全部检验未通过，或只算了一部分 its models were not built whole, or not all their tests"
            f" passed: {remedy}"
        )
        return
    if stamp.inputs is None:
        yield f"its rows came back from the published file after a failed build: {remedy}"
        return
    if stamp.inputs != built_inputs(ledger, month):
        yield (
            "此后又有报送或判定 its models were built from other judgements or another sample than"
            f" the ledger has now (passed {stamp.passed_at}): {remedy}"
        )
    if stamp.code_version != month_code_version():
        yield (
            "此后程序有变 its models were built by another version of the program"
            f" (passed {stamp.passed_at}): {remedy}"
        )
    if is_published and not stamp.is_published:
        yield f"the published file was made before its models were built: {remedy}"


def audit_faults(ledger: Ledger, month: Month) -> list[str]:
    """Return why the month may not be published, a reason a row or rule; empty if it may."""
    judgements = ledger.judgements(month)
    return [
        *_unjudged(month, judgements),
        *(fault for judgement in judgements for fault in _faults(judgement)),
    ]


def _unjudged(month: Month, judgements: list[Judgement]) -> list[str]:
    judged = {judgement.district_id for judgement in judgements}
    expected = [district.district_id for district in reporting_districts(month)] + [CITY_ID]
    return [
        f"{district_id} was not judged" for district_id in expected if district_id not in judged
    ]


def _faults(judgement: Judgement) -> list[str]:
    place = f"{judgement.district_id} {judgement.kind}"
    faults = []
    if not judgement.is_conserved:
        faults.append(f"{place}: {judgement.row_count} rows delivered, {judgement.kept_rows} kept")
    asked = {verdict.rule_id for verdict in judgement.verdicts}
    faults += [
        f"{place}: rule {rule.id} has no verdict"
        for rule in load_rulebooks()[judgement.kind].rules
        if rule.id not in asked
    ]
    faults += [
        f"{place}: rule {verdict.rule_id} could not be asked: {verdict.reason}"
        for verdict in judgement.verdicts
        if verdict.outcome == "error"
    ]
    return faults
