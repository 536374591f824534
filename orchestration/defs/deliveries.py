"""One asset a district and one for the city: what it delivered for a month, judged.

Made by a factory from the list of districts; a new district needs no code. The checks are the
verdicts of the rule book, one a kind and rule group. An asset always materialises, with the
state of each kind; it raises only on our own faults.
https://docs.dagster.io/guides/build/assets
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Definitions,
    MaterializeResult,
    MetadataValue,
    definitions,
    multi_asset,
)

from expectations.rule_files import DELIVERY, load_rulebooks
from expectations.rulebook import GROUPS, Rule
from orchestration.defs.numbers import Stopwatch, delivery_numbers
from orchestration.defs.pages import month_pages, return_package
from orchestration.defs.partitions import MONTH_BY_MONTH, MONTHS, OWNERS
from orchestration.defs.resources import Platform
from orchestration.judgement.district import judge_district_month
from orchestration.modelling.previews import markdown_table
from orchestration.reference import vocabulary
from orchestration.reference.contracts import kinds_of, load_contracts
from orchestration.reference.deadlines import SUZHOU, deadline
from orchestration.reference.districts import CITY_ID, District, district_ids, load_districts
from orchestration.reference.months import Month, chinese_date
from orchestration.store.records import Judgement, Verdict

#: The rule that a district has delivered at all.
NOTHING_DELIVERED = "DL-002"
_NAMES: dict[str, District] = {d.district_id: d for d in load_districts()}


def delivery_key(district_id: str) -> AssetKey:
    """Return the key of a district's asset."""
    return AssetKey(["deliveries", district_id])


def looked_at(district_id: str) -> list[str]:
    """Return whose judgements an area's looks at: the city's sees the districts' buildings."""
    return [other for other in district_ids() if district_id == CITY_ID != other]


def _checks(district_id: str) -> dict[tuple[str, str], AssetCheckSpec]:
    """Return a check spec for every kind and group in which the rule book has rules."""
    kinds = [*kinds_of(district_id), DELIVERY]
    return {
        (kind, group): AssetCheckSpec(
            name=f"{kind}__{group}",
            asset=delivery_key(district_id),
            description="；".join(rule.sentence for rule in rules),
            partitions_def=MONTHS,
        )
        for kind in kinds
        for group in GROUPS
        if (rules := _rules(kind, group))
    }


def _rules(kind: str, group: str) -> list[Rule]:
    return [rule for rule in load_rulebooks()[kind].rules if rule.scope in GROUPS[group]]


def delivery_asset(district_id: str) -> AssetsDefinition:
    """Build the asset of one district (or the city)."""
    name = _NAMES[district_id].district_name
    checks = _checks(district_id)

    @multi_asset(
        name=f"deliveries_{district_id}",
        specs=[
            AssetSpec(
                delivery_key(district_id),
                deps=[delivery_key(other) for other in looked_at(district_id)],
                group_name="deliveries",
                kinds={"excel", "python"},
                owners=OWNERS,
                tags={"district_code": _NAMES[district_id].district_code},
                description=(
                    f"{name}每月报送的文件：存档、读取、按规则判定。"
                    f"What {_NAMES[district_id].district_code} delivered, archived and judged."
                ),
                partitions_def=MONTHS,
            )
        ],
        check_specs=list(checks.values()),
        # lets a check stay without result where no rule of it applied this month
        can_subset=True,
        backfill_policy=MONTH_BY_MONTH,
    )
    def deliveries(
        context: AssetExecutionContext, platform: Platform
    ) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        month = Month.parse(context.partition_key)
        settings, ledger, watch = platform.settings, platform.ledger, Stopwatch()
        ahead = districts_of(context.run.asset_selection)
        # where other processes work on the other districts, they read them too
        platform.readers.begin(settings, ledger, month, [district_id] if platform.alone else ahead)
        judged = judge_district_month(settings, ledger, platform.readers.read, month, district_id)
        context.log.info(
            "%s %s: %s", month, district_id, "judged" if judged.is_new else "unchanged"
        )
        yield MaterializeResult(
            asset_key=delivery_key(district_id),
            metadata={
                **delivery_metadata(judged.judgements),
                **delivery_numbers(ledger, month, district_id, judged.judgements),
                **watch.numbers(),
                **month_pages(settings, month, "quality.html"),
                "退回包": return_package(settings, month, district_id),
            },
        )
        for (kind, group), spec in checks.items():
            verdicts = _verdicts_of(judged.judgements, kind, group)
            if verdicts:
                yield check_result(spec, verdicts, month, datetime.now(SUZHOU))

    return deliveries


def districts_of(selection: Collection[AssetKey] | None) -> list[str]:
    """Return the districts that a run of these assets judges, in the order Dagster takes them.

    Those of one level by name, and the city, which looks at the others, last. A run of the whole
    job has an empty selection, or none.
    """
    in_order = sorted(district_ids(), key=lambda district_id: (district_id == CITY_ID, district_id))
    return [d for d in in_order if not selection or delivery_key(d) in selection]


def delivery_metadata(judgements: tuple[Judgement, ...]) -> dict[str, MetadataValue]:
    """Return a table of the kinds with their states, and the rows of what was delivered.

    Without a delivery there is no count: none is not 0. No delivered value is shown.
    """
    kinds = [judgement for judgement in judgements if judgement.kind != DELIVERY]
    rows = [
        (
            load_contracts()[judgement.kind].title,
            vocabulary.STATES[judgement.state],
            judgement.accepted_count,
            judgement.quarantined_count,
            judgement.itemised_count,
            _failed_rules(judgement),
        )
        for judgement in kinds
    ]
    header = ("种类", "状态", *vocabulary.ROW_OUTCOMES.values(), "表头合计等", "未通过规则")
    shown: dict[str, MetadataValue] = {"预览": MetadataValue.md(markdown_table(header, rows))}
    delivered = [judgement for judgement in kinds if judgement.delivery_id is not None]
    if delivered:
        count = sum(judgement.accepted_count or 0 for judgement in delivered)
        shown["dagster/row_count"] = MetadataValue.int(count)
    return shown


def _failed_rules(judgement: Judgement) -> int | None:
    """Return how many rules ask for action; None where nothing was delivered to be asked."""
    if judgement.delivery_id is None:
        return None
    return sum(verdict.asks_for_action for verdict in judgement.verdicts)


def _verdicts_of(judgements: tuple[Judgement, ...], kind: str, group: str) -> list[Verdict]:
    """Return the verdicts of one check that apply; those that do not are never shown green."""
    in_group = {rule.id for rule in _rules(kind, group)}
    return [
        verdict
        for judgement in judgements
        if judgement.kind == kind
        for verdict in judgement.verdicts
        if verdict.rule_id in in_group and verdict.outcome != "not_applicable"
    ]


def check_result(
    spec: AssetCheckSpec, verdicts: list[Verdict], month: Month, now: datetime
) -> AssetCheckResult:
    """Return what a check shows of its verdicts at a time.

    That nothing was delivered is no failure before the deadline, and an error after it.
    """
    due_at = deadline(month)
    silent = [v for v in verdicts if v.rule_id == NOTHING_DELIVERED and v.asks_for_action]
    waits = bool(silent) and now <= due_at
    failed = [v for v in verdicts if v.asks_for_action and not (waits and v in silent)]
    noted = [verdict for verdict in verdicts if verdict.outcome != "pass" and verdict not in failed]
    strict = any(
        v.outcome == "error" or v.severity in ("refuse", "quarantine") or v in silent
        for v in failed
    )
    metadata: dict[str, MetadataValue] = {
        "判定规则数": MetadataValue.int(len(verdicts)),
        "未通过规则": MetadataValue.text("、".join(v.rule_id for v in failed) or "无"),
        "提示规则": MetadataValue.text("、".join(v.rule_id for v in noted) or "无"),
        "未通过行数": MetadataValue.int(sum(v.failing_count or 0 for v in failed)),
    }
    if silent:
        metadata["报送"] = MetadataValue.text(
            f"{vocabulary.STATES['missing']}，{'' if waits else '已过'}截止时间"
            f"{chinese_date(due_at)}{due_at:%H:%M}"
        )
    return AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=not failed,
        severity=AssetCheckSeverity.ERROR if strict else AssetCheckSeverity.WARN,
        metadata=metadata,
    )


@definitions
def deliveries() -> Definitions:
    """Provide the asset of every district and of the city."""
    return Definitions(assets=[delivery_asset(district_id) for district_id in district_ids()])
