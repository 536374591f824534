"""The weighted rate and its interval, held against two libraries that are not installed here.

The macros are asked directly, without dbt. Expected values were printed by ``samplics`` 0.6.1
(``TaylorEstimator(PopParam.prop)`` with strata, weights N_h/n_h and fpc 1 - n_h/N_h: the rate and
its standard error) and ``statsmodels`` 0.15.0 (``proportion_confint(p * n, n, method="wilson")``,
of n = p(1 - p)/standard error², no more than n/(1 - n/N)); its z is 1.959964, ours 1.96.
"""

from __future__ import annotations

from typing import Any

import duckdb
import jinja2
import pytest

from orchestration.settings import DBT_PROJECT_DIR

#: Strata as (frame, inspected, passed).
Strata = list[tuple[int, int, int]]


@pytest.fixture(scope="module")
def query() -> str:
    """Return the query over ``strata``: the estimate, its effective number and both bounds."""
    macros = "".join(
        (DBT_PROJECT_DIR / "macros" / f"{name}.sql").read_text("utf-8")
        for name in ("wilson_bound", "stratified_share")
    )
    text = (
        "with design as ({{ stratified_share('strata') }}),"
        " counted as (select *, pass_share as design_pass_share from design)"
        " select pass_share, effective_count, represented_count, frame_count,"
        " {{ design_bound('counted', 'low') }}, {{ design_bound('counted', 'high') }} from counted"
    )
    return jinja2.Environment(autoescape=False).from_string(macros + text).render()


def _estimated(query: str, strata: Strata) -> tuple[Any, ...]:
    with duckdb.connect() as connection:
        connection.execute(
            "create table strata (district_id varchar, frame_count bigint,"
            " inspected_count bigint, passed_count bigint)"
        )
        connection.executemany("insert into strata values ('gusu', ?, ?, ?)", strata)
        [row] = connection.execute(query).fetchall()
    return row


@pytest.mark.parametrize(
    ("strata", "share", "standard_error", "bounds"),
    [
        (
            [(397, 20, 17), (155, 13, 9), (18, 4, 1)],
            0.7881713900134952,
            0.06589623670194598,
            (0.6360952806219894, 0.8878952261809255),
        ),
        # better than a simple sample of as many, which is what it is taken for
        (
            [(2000, 60, 55), (900, 27, 20), (120, 4, 2), (30, 2, 1)],
            0.8442622950819673,
            None,
            (0.7586296799109599, 0.9033835866209806),
        ),
        # strata that are all alike show no variance: still no certainty
        ([(400, 12, 12), (600, 18, 0)], 0.4, None, (0.24783603433844917, 0.5742608125794637)),
        # all passed, of unequal weights: Kish's number
        ([(100, 4, 4), (900, 6, 6)], 1.0, None, (0.6566339211045733, 1.0)),
    ],
)
def test_rate_and_interval_are_those_of_other_libraries(
    query: str,
    strata: Strata,
    share: float,
    standard_error: float | None,
    bounds: tuple[float, float],
) -> None:
    given = _estimated(query, strata)
    assert given[0] == pytest.approx(share, abs=1e-12)
    if standard_error is not None:
        assert given[1] == pytest.approx(share * (1 - share) / standard_error**2, rel=1e-9)
    assert [float(bound) for bound in given[4:]] == pytest.approx(bounds, abs=2e-5)


def test_a_stratum_without_inspection_is_not_spoken_for(query: str) -> None:
    given = _estimated(query, [(300, 10, 5), (700, 0, 0)])
    assert (given[0], given[2], given[3]) == (0.5, 300, 1000)


def test_one_alone_in_its_stratum_spreads_as_all_do(query: str) -> None:
    share, effective, *_, low, high = _estimated(query, [(500, 20, 10), (500, 1, 1)])
    assert share == 0.75
    variance = 0.25 * (1 - 20 / 500) * 0.25 / 19 + 0.25 * (1 - 1 / 500) * 0.1875
    assert effective == pytest.approx(0.1875 / variance)
    assert low < 0.75 < high


def test_where_all_is_inspected_nothing_is_estimated(query: str) -> None:
    share, effective, *_, low, high = _estimated(query, [(3, 3, 1), (5, 5, 4)])
    assert (share, effective) == (0.625, None)
    assert float(low) == float(high) == 0.625


def test_nothing_inspected_is_no_rate(query: str) -> None:
    assert _estimated(query, [(30, 0, 0)]) == (None, None, None, 30, None, None)


def test_a_sample_of_which_none_passed_has_a_share_of_zero() -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "inspection_measures.sql").read_text("utf-8")
    measures = jinja2.Environment(autoescape=False).from_string(
        macro + "{{ inspection_measures() }}"
    )
    with duckdb.connect() as connection:
        names = ("inspected", "passed", "failed", "rectified", "overdue", "reinspected")
        flags = ", ".join(f"{name in ('inspected', 'failed')} as is_{name}" for name in names)
        [share] = connection.execute(
            f"select weighted_pass_share from (select {measures.render()} from (select {flags},"
            " false as is_passed_again, 1.5 as design_weight, 1 as floor_area_m2,"
            " null::integer as rectification_days))"
        ).fetchall()
    assert share == (0,)
