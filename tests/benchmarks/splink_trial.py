"""How Splink, a record-linkage library on DuckDB, links the same codes and plates as ours.

Both get the same parsed addresses, so that only linking is compared: candidates, weights and the
choice of one plate. Splink learns its weights from the data as it advises: u from random pairs,
m by expectation maximisation. Prints CPU seconds, precision and recall of both. Splink is no
dependency: ``pip install splink==5.0.0`` first. Run as ``python splink_trial.py WORK WORDING`` with
the folder that ``matching.py --work WORK`` left.
"""

from __future__ import annotations

import resource
import sys
from datetime import date
from pathlib import Path

import duckdb

from orchestration.matching.matcher import load_inputs, match_codes

AS_AT = date(2022, 10, 31)
PARTS = ("town", "community", "road", "door", "estate", "building")
MATCH = 0.95


def cpu() -> float:
    """Return user and system seconds of this process and of children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def load(work: Path, wording: str) -> duckdb.DuckDBPyConnection:
    """Return a connection with both registers, parsed, and the truth."""
    home = work / f"home-{wording}"
    connection = duckdb.connect()
    connection.execute("set threads = 2; set memory_limit = '8GB'")
    for view, kind in (("raw_code", "building_codes"), ("raw_plate", "doorplates")):
        connection.execute(
            f"create temp view {view} as from read_parquet('{home}/2022-10-{kind}.parquet')"
        )
    load_inputs(connection, home / "matching" / "parsed", AS_AT)
    connection.execute(
        f"create table truth as from read_parquet('{work}/{wording}/matching_truth.parquet')"
    )
    return connection


def link_ours(connection: duckdb.DuckDBPyConnection) -> str:
    """Match as the platform does; return a query of building_code and doorplate_code."""
    connection.execute(
        "create table decision (building_code varchar, doorplate_code varchar, verdict varchar)"
    )
    match_codes(connection, has_former=False)
    return (
        "select building_code, doorplate_code from outcome"
        " where outcome in ('matched_exact', 'matched_fuzzy')"
    )


def link_with_splink(connection: duckdb.DuckDBPyConnection) -> str:
    """Link with Splink, one best plate a code; return a query as ``link_ours`` does."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    for table, key, source, which in (
        ("splink_code", "building_code", "read_code", "is_valid"),
        ("splink_plate", "doorplate_code", "read_plate", "is_candidate"),
    ):
        parts = ", ".join(f"nullif({part}, '') as {part}" for part in PARTS)
        connection.execute(
            f"create table {table} as select {key} as unique_id, district_id, {parts}"
            f" from {source} where {which}"
        )
    settings = SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("district_id", "road", "door"),
            block_on("district_id", "estate", "building"),
            block_on("district_id", "town", "door", "building"),
        ],
        comparisons=[
            compare.ExactMatch("town"),
            compare.ExactMatch("community"),
            compare.LevenshteinAtThresholds("road", [1]),
            compare.ExactMatch("door"),
            compare.ExactMatch("estate"),
            compare.ExactMatch("building"),
        ],
    )
    engine = DuckDBAPI(connection)
    linker = Linker([engine.register(name) for name in ("splink_code", "splink_plate")], settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("district_id", "town", "road", "door", "estate", "building")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    for rule in (
        block_on("district_id", "road", "door"),
        block_on("district_id", "estate", "building"),
        block_on("district_id", "town", "door"),
    ):
        training.estimate_parameters_using_expectation_maximisation(rule)
    linked = linker.inference.predict(threshold_match_probability=MATCH).physical_name
    return f"""
        select unique_id_l as building_code, unique_id_r as doorplate_code
        from (
            select *, count(*) over (partition by unique_id_l, match_weight) as alike_count
            from {linked}
        )
        qualify row_number() over (partition by unique_id_l order by match_weight desc) = 1
            and alike_count = 1
    """


def report(name: str, connection: duckdb.DuckDBPyConnection, links: str, seconds: float) -> None:
    """Print what one way of linking cost and how right it was."""
    [(matched, precision, recall)] = connection.execute(
        f"""
        select
            count(links.doorplate_code),
            count(*) filter (links.doorplate_code = truth.doorplate_code)
            / count(links.doorplate_code),
            count(*) filter (links.doorplate_code = truth.doorplate_code and is_matchable)
            / count(*) filter (is_matchable)
        from truth left join ({links}) as links using (building_code)
        """
    ).fetchall()
    print(f"{name}: {seconds:.1f} CPU s, {matched:,} matched, {precision:.4%}, {recall:.2%}")


def main() -> None:
    """Link both ways."""
    work, wording = Path(sys.argv[1]), sys.argv[2]
    connection = load(work, wording)
    for name, link in (("ours", link_ours), ("splink", link_with_splink)):
        before = cpu()
        links = link(connection)
        report(name, connection, links, cpu() - before)


if __name__ == "__main__":
    main()
