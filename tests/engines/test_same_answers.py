"""The battery on both engines: what models use means the same, and every difference is known.

Also the macros of ``macros/engines.sql``: each engine's spelling gives the same answer.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from engines.battery import CONSTRUCTS, DIFFERENCES, FUNCTIONS, GUARDS
from engines.spark_environment import answer_of, needs_spark
from plain_jinja import rendered

from orchestration.settings import DBT_PROJECT_DIR

#: A use of every macro of engines.sql, over one row: (a text, two dates, null).
MACROS = {
    "days_between": "days_between(\"date '2022-01-05'\", \"date '2022-03-01'\")",
    "months_after": "months_after(\"date '2022-01-31'\", 1)",
    "list_of": "list_of([\"'b'\", \"'a'\"])",
    "rows_of": "rows_of(list_of([\"'b'\", \"'a'\"]))",
    "sorted_items": 'sorted_items(list_of(["\'b\'", "null", "\'a\'", "\'b\'"]))',
    "parts_of": 'parts_of("\'完整性|规范性\'", "|")',
    "joined": 'joined("x", "、", "x")',
    "quantile": '"cast(" ~ quantile("length(x)", 0.9) ~ " as decimal(9, 1))"',
    "all_but": 'all_but(["x"])',
    "refuse": "refuse(\"'不应到此'\")",
    "fingerprint_of": "fingerprint_of([\"'a'\", \"null\"]) ~ ' = ' ~"
    ' fingerprint_of(["null", "\'a\'"])',
    "without_spaces": "without_spaces(\"'es s\\t平 江'\")",
    "strictly": 'strictly("d", "date")',
}
ROWS = "(values ('a', '2022-01-05'), ('ccc', '2022-01-05'), ('bb', null)) as t (x, d)"


def query(macro: str, engine: str) -> str:
    expression = " ".join(rendered("{{ " + MACROS[macro] + " }}", engine=engine).split())
    if macro == "rows_of":
        return f"select {expression}"
    return f"select {expression} from {ROWS}"


def duckdb_answer(sql: str) -> list[list[str]]:
    try:
        return [[str(cell) for cell in row] for row in duckdb.connect().execute(sql).fetchall()]
    except duckdb.Error as error:
        return [[type(error).__name__, str(error).splitlines()[0]]]


def _cases() -> dict[str, tuple[str, str]]:
    """Every case's query for DuckDB and for Spark, by name."""
    lists = {"duckdb": "['甲', '乙']", "spark": "array('甲', '乙')"}
    cases = {
        name: tuple(f"select {sql.replace('{list}', lists[e])}" for e in ("duckdb", "spark"))
        for name, sql in (FUNCTIONS | CONSTRUCTS).items()
    }
    cases |= {
        name: (f"select {case.sql}", f"select {case.spark or case.sql}")
        for name, case in DIFFERENCES.items()
    }
    cases |= {f"macro {name}": (query(name, "duckdb"), query(name, "spark")) for name in MACROS}
    return cases  # type: ignore[return-value]


CASES = _cases()


@pytest.fixture(scope="module")
def spark_answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    folder: Path = tmp_path_factory.mktemp("spark")
    answers = answer_of("spark_answers.py", folder, [spark for _, spark in CASES.values()])
    return dict(zip(CASES, answers, strict=True))


@needs_spark
def test_what_models_use_means_the_same(spark_answers: dict[str, list[list[str]]]) -> None:
    macros = {f"macro {name}" for name in MACROS} - {"macro refuse"}
    alike = FUNCTIONS.keys() | CONSTRUCTS.keys() | macros
    differing = {
        name: (duckdb_answer(CASES[name][0]), spark_answers[name])
        for name in CASES
        if name in alike and duckdb_answer(CASES[name][0]) != spark_answers[name]
    }
    assert differing == {}


@needs_spark
def test_every_difference_is_the_one_we_know(spark_answers: dict[str, list[list[str]]]) -> None:
    found = {
        name: (" ".join(duckdb_answer(CASES[name][0])[0]), " ".join(spark_answers[name][0]))
        for name in DIFFERENCES
    }
    assert found == {name: case.differing for name, case in DIFFERENCES.items()}


@needs_spark
def test_a_row_that_must_not_be_ends_the_query(spark_answers: dict[str, list[list[str]]]) -> None:
    assert "不应到此" in " ".join(spark_answers["macro refuse"][0])
    assert "不应到此" in " ".join(duckdb_answer(CASES["macro refuse"][0])[0])


def test_every_difference_is_guarded() -> None:
    assert GUARDS.keys() == DIFFERENCES.keys()


def test_every_macro_of_the_engines_is_asked() -> None:
    source = (DBT_PROJECT_DIR / "macros" / "engines.sql").read_text(encoding="utf-8")
    made = set(re.findall(r"macro duckdb__(\w+)", source))
    # a hint to DuckDB's planner, which has no answer
    assert made - {"once"} == MACROS.keys()
