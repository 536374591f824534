"""Building a month with dbt, in this process or on Spark, and what became of each node.

What the events of a build mean to Dagster is in ``defs/statistics``; how dbt runs in a thread is
in ``library_patches/dbt_in_process``. Nothing here knows a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from orchestration.library_patches.dbt_in_process import (
    RESULT_EVENTS,
    DbtThread,
    NodeResult,
    load_manifest,
)
from orchestration.modelling.dbt import dbt_environment, manifest_file, parsed_fingerprint
from orchestration.modelling.seeds import remember_seeds, seeds_are_loaded, seeds_fingerprint
from orchestration.modelling.spark import building as spark
from orchestration.modelling.spark.installation import is_wanted
from orchestration.modelling.spark.process import SparkDbt
from orchestration.modelling.stamp import set_stamp
from orchestration.settings import DBT_PROJECT_DIR, Settings

#: What a node of each kind has to end in, for the month to have passed.
_PASSED = {"model": "success", "seed": "success", "test": "pass"}
#: A test that may warn passes with it.
_WARNED = "warn"


class DbtBuildError(RuntimeError):
    """A model or a test failed, or dbt itself; the message is dbt's own, node by node."""

    def __init__(self, message: str, results: Sequence[NodeResult] = ()) -> None:
        super().__init__(message)
        self.failed = [result for result in results if result.failed]
        self.skipped = [result for result in results if result.status == "skipped"]


class Build:
    """A ``dbt build`` that runs while its events are read; leaving the block ends it.

    ``thread`` is the running command. ``has_seeds`` says whether the warehouse held all seeds as
    they are now, so that none is loaded and none has an event; the tests on them are run.
    """

    def __init__(self, settings: Settings, selection: Sequence[str]) -> None:
        dbt_environment(settings)
        manifest = load_manifest(manifest_file(settings).parent)
        self._settings = settings
        self._nodes = {key for key in manifest.nodes if key.split(".")[0] in _PASSED}
        self._seeds = {key for key in self._nodes if key.startswith("seed.")}
        names = {manifest.nodes[key].name for key in self._seeds}
        self._fingerprint = seeds_fingerprint(parsed_fingerprint(settings), names)
        self._is_on_spark = is_wanted()
        self.has_seeds = seeds_are_loaded(settings, self._fingerprint) and (
            not self._is_on_spark or spark.holds_seeds(settings, self._fingerprint)
        )
        arguments = [
            *("build", "--project-dir", str(DBT_PROJECT_DIR)),
            *("--profiles-dir", str(DBT_PROJECT_DIR)),
            # unit tests judge the code, not the month: they belong to the test suite
            *("--exclude-resource-type", "unit_test"),
            *(("--exclude-resource-type", "seed") if self.has_seeds else ()),
            *selection,
        ]
        self.thread: DbtThread | SparkDbt = (
            spark.start_build(settings, arguments)
            if self._is_on_spark
            else DbtThread(arguments, manifest)
        )

    def __enter__(self) -> Build:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.thread.stop()

    def finish(self) -> None:
        """Wait for the end; remember the seeds that were loaded, and that the whole month passed.

        Raises DbtBuildError if anything failed.
        """
        self.thread.wait()
        results = self.thread.results()
        if self.thread.returncode:
            raise DbtBuildError(self._reason(results), results)
        if self._seeds <= {result.unique_id for result in results}:
            remember_seeds(self._settings, self._fingerprint)
            if self._is_on_spark:
                spark.note_seeds(self._settings, self._fingerprint)
        # a build of some models, or without their tests, says nothing of the others
        if self._nodes - (self._seeds if self.has_seeds else set()) <= set(_passed(results)):
            set_stamp(self._settings)
            if self._is_on_spark:
                spark.note_build(self._settings)

    def _reason(self, results: Sequence[NodeResult]) -> str:
        if self.thread.exception is not None:
            return str(self.thread.exception)
        return "; ".join(f"{result.name}: {result.message}" for result in results if result.failed)


def _passed(results: Sequence[NodeResult]) -> Iterator[str]:
    for result in results:
        if result.status in (_PASSED.get(result.unique_id.split(".")[0]), _WARNED):
            yield result.unique_id


def build(settings: Settings, selection: Sequence[str]) -> list[dict[str, Any]]:
    """Build and test what ``selection`` (options of dbt) says, and print dbt's own lines.

    Returns the events of dbt's JSON log in which a node's result stands, in the order they came.
    Raises DbtBuildError if anything failed.
    """
    results = []
    with Build(settings, selection) as building:
        for event in building.thread.events():
            print(event["info"]["msg"])
            if event["info"]["name"] in RESULT_EVENTS:
                results.append(event)
        building.finish()
    return results
