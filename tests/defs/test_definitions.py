"""The graph itself: assets, checks, jobs, schedules and sensors are what we say they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)
from deliver import folder, report
from golden_files import matches_golden

from orchestration.defs.automation import delivery_sensor, monthly_statistics_schedule
from orchestration.defs.deliveries import delivery_key, districts_of
from orchestration.reference.districts import CITY_ID, district_ids
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.locks import holding


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Definitions:
    from orchestration.definitions import defs

    return defs()


def test_the_graph_is_the_golden_one(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        parents = ", ".join(sorted(p.to_user_string() for p in node.parent_keys))
        lines.append(f"{key.to_user_string()} [{node.group_name}] <- {parents}")
        lines += [
            f"    {check.name}"
            for check in sorted(node.check_keys)
            if key.path[0] == "deliveries" and key.path[1] in ("gusu", "city")
        ]
    matches_golden("definitions.txt", "\n".join(lines) + "\n")


def test_every_asset_has_group_kinds_owner_description_and_months(
    definitions: Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        name = key.to_user_string()
        assert node.group_name != "default", name
        assert node.kinds, name
        assert node.owners, name
        assert node.description, name
        assert node.partitions_def is not None, name
        assert node.partitions_def.timezone == "Asia/Shanghai", name
        assert node.backfill_policy is not None, name
        assert node.backfill_policy.max_partitions_per_run == 1, name


def test_one_job_runs_everything_in_one_process(definitions: Definitions) -> None:
    job = definitions.resolve_job_def("monthly_statistics")
    graph = definitions.resolve_asset_graph()
    assert job.asset_layer.executable_asset_keys == set(graph.materializable_asset_keys)
    assert job.executor_def.name == "in_process"
    assert definitions.executor is not None


def test_no_value_is_pickled(definitions: Definitions) -> None:
    for key, resource in (definitions.resources or {}).items():
        assert key == "platform"
        assert "pickle" not in type(resource).__name__.lower()


@pytest.mark.parametrize(
    ("fires_at", "month"),
    [
        (datetime(2022, 11, 5, 22, 0, tzinfo=UTC), "2022-10"),
        (datetime(2023, 1, 5, 22, 0, tzinfo=UTC), "2022-12"),
    ],
)
def test_the_schedule_runs_last_month_on_the_sixth_at_six(
    settings: Settings, tmp_path: Path, fires_at: datetime, month: str
) -> None:
    assert monthly_statistics_schedule.cron_schedule == "0 6 * * *"
    assert monthly_statistics_schedule.execution_timezone == "Asia/Shanghai"
    assert monthly_statistics_schedule.default_status == DefaultScheduleStatus.RUNNING
    asked = _scheduled(tmp_path, fires_at)
    assert isinstance(asked, SkipReason)
    assert "没有任何报送" in str(asked.skip_message)
    report(settings.raw, "gusu", Month.parse(month))
    asked = _scheduled(tmp_path, fires_at)
    assert isinstance(asked, RunRequest)
    assert asked.partition_key == month
    # the whole job
    assert asked.asset_selection is None


def test_the_schedule_waits_for_the_workday_of_the_run(settings: Settings, tmp_path: Path) -> None:
    """5 and 6 October 2023 were holidays, Sunday 8 October was worked."""
    report(settings.raw, "gusu", Month(2023, 9))
    for day in (5, 7, 8):
        asked = _scheduled(tmp_path, datetime(2023, 10, day - 1, 22, 0, tzinfo=UTC))
        assert isinstance(asked, RunRequest) == (day == 8)
        if isinstance(asked, SkipReason):
            assert "2023年9月于2023年10月8日统计" in str(asked.skip_message)


def _scheduled(tmp_path: Path, fires_at: datetime) -> Any:
    with DagsterInstance.local_temp(str(tmp_path)) as instance:
        return monthly_statistics_schedule(
            build_schedule_context(instance=instance, scheduled_execution_time=fires_at)
        )


class Looking:
    """The sensor on an ephemeral instance, look after look."""

    def __init__(self, definitions: Definitions, instance: DagsterInstance) -> None:
        self._definitions = definitions
        self._instance = instance
        self._cursor: str | None = None
        self.message = ""

    def look(self) -> list[RunRequest]:
        context = build_sensor_context(
            instance=self._instance,
            cursor=self._cursor,
            repository_def=self._definitions.get_repository_def(),
        )
        tick = delivery_sensor.evaluate_tick(context)
        self._cursor, self.message = tick.cursor, tick.skip_message or ""
        return list(tick.run_requests or [])


def test_nothing_is_asked_for_in_the_middle_of_a_command(
    definitions: Definitions, settings: Settings, tmp_path: Path
) -> None:
    """Between a release's decision and its files, a month looks as if it were due."""
    report(settings.raw, "gusu")
    settings.prepare()
    morning = datetime(2022, 11, 5, 22, 0, tzinfo=UTC)
    with DagsterInstance.ephemeral() as instance:
        looking = Looking(definitions, instance)
        looking.look()
        with holding(settings.ledger_locks, "month", "fangan release"):
            assert looking.look() == []
            assert "fangan release" in looking.message
            refused = _scheduled(tmp_path, morning)
        assert "fangan release" in str(refused.skip_message)
        assert [request.partition_key for request in looking.look()] == ["2022-10"]


def test_the_sensor_waits_until_a_file_stops_changing_and_runs_only_what_it_touches(
    definitions: Definitions, settings: Settings
) -> None:
    assert delivery_sensor.default_status == DefaultSensorStatus.RUNNING
    with DagsterInstance.ephemeral() as instance:
        looking = Looking(definitions, instance)
        assert looking.look() == []
        path = report(settings.raw, "gusu")
        assert looking.look() == []
        path.write_bytes(path.read_bytes() + b"more")
        assert looking.look() == []
        [request] = looking.look()
        assert request.partition_key == "2022-10"
        # nothing of the month was ever judged: it begins with every district
        assert _districts(request) == set(district_ids())


def test_the_sensor_says_what_it_does_not_take_up(
    definitions: Definitions, settings: Settings
) -> None:
    (settings.raw / "2022-9" / "320508").mkdir(parents=True)
    with DagsterInstance.ephemeral() as instance:
        looking = Looking(definitions, instance)
        assert looking.look() == []
    assert "2022-9 没有收取 not taken up：应为 2022-09" in looking.message


def test_a_late_district_runs_itself_and_the_month_downstream(
    definitions: Definitions, settings: Settings, readers, ledger
) -> None:
    from orchestration.judgement.district import judge_district_month

    for district_id in district_ids():
        judge_district_month(settings, ledger, readers.read, Month(2022, 10), district_id)
    with DagsterInstance.ephemeral() as instance:
        looking = Looking(definitions, instance)
        report(settings.raw, "gusu")
        (folder(settings.raw, "sip") / "~$monthly_report.xlsx").write_bytes(b"lock")
        looking.look()
        [request] = looking.look()
    # the city's judgement looks at what buildings the districts know
    assert _districts(request) == {"gusu", "city"}
    asked = {key.to_user_string() for key in request.asset_selection or []}
    assert {"marts/rpt_district_monthly", "published/statistics", "published/bulletin"} <= asked


def _districts(request: RunRequest) -> set[str]:
    keys = request.asset_selection or []
    return {key.path[1] for key in keys if key.path[0] == "deliveries"}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (None, [*sorted(set(district_ids()) - {CITY_ID}), CITY_ID]),
        (frozenset(), [*sorted(set(district_ids()) - {CITY_ID}), CITY_ID]),
        (
            frozenset({delivery_key(CITY_ID), delivery_key("wujiang"), delivery_key("gusu")}),
            ["gusu", "wujiang", CITY_ID],
        ),
    ],
)
def test_files_are_read_ahead_for_the_districts_of_the_run(
    selection: frozenset[AssetKey] | None, expected: list[str]
) -> None:
    assert districts_of(selection) == expected
