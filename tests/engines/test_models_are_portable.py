"""The models say what both engines read alike; what one has alone stands in one file.

The functions that may be used are those of which ``battery`` shows that they mean the same.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engines.battery import FUNCTIONS

from orchestration.settings import DBT_PROJECT_DIR

DISPATCH = DBT_PROJECT_DIR / "macros" / "engines.sql"
#: Written for one engine: the name of the macro or file says which.
OF_ONE_ENGINE = re.compile(r"\{% macro (duckdb|spark)__.*?endmacro %\}", re.DOTALL)
MATERIALIZATIONS = DBT_PROJECT_DIR / "macros" / "materializations"
SPARK = DBT_PROJECT_DIR / "macros" / "spark"
#: Words of SQL that stand before a bracket, and functions of dbt and Jinja.
WORDS = {
    *("all", "and", "as", "by", "cast", "decimal", "else", "filter", "from", "in", "not", "on"),
    *("or", "over", "then", "values", "when", "where"),
}
JINJA = {
    *("append", "config", "dispatch", "endswith", "env_var", "get", "indent", "items", "join"),
    *("keys", "raise_compiler_error", "range", "ref", "return", "run", "run_query", "source"),
}
DUCKDB_ONLY = {
    "union by name": r"union( all)? by name",
    "exclude": r"\*\s*exclude\b",
    "replace in a star": r"\*\s*replace\b",
    "cast by ::": r"::\s*\w",
    "filter over": r"filter \((?:[^()]|\([^()]*\))*\)\s*over\b",
    "window extended": r"over \(\s*\w+\s+(order|rows|range)\b",
    "power by **": r"\w\s*\*\*\s*\w",
    "integer division": r"\w\s//\s\w",
    "varchar": r"\bas varchar\b",
    "asof join": r"\basof\b",
    "pivot": r"\bpivot\b",
    "sample": r"\busing sample\b",
    "from first": r"\(\s*from \w",
    "materialized": r"\bas materialized\b",
    "columns()": r"\bcolumns\(",
    "list": r"(?<![\w\"\]}])\['",
    "backslash": r"'[^'\n]*\\[sdwb]",
    "fraction to a whole number": r"cast\([^()]*/[^()]* as (integer|bigint)\)",
}


def sources() -> list[Path]:
    folders = [DBT_PROJECT_DIR / name for name in ("models", "macros", "tests")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.sql"))]
    return [p for p in paths if not {MATERIALIZATIONS, SPARK} & set(p.parents) and p != DISPATCH]


def sql_of(path: Path) -> str:
    """The file without comments, Jinja's lists and loops, and what is written for one engine."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"--.*", "", text)
    text = OF_ONE_ENGINE.sub("", text)
    return re.sub(r"\{%-? (set \w+ = [\[{].*?[\]}]|for .*?) -?%\}", "", text, flags=re.DOTALL)


def macros() -> set[str]:
    found: set[str] = set()
    for path in DBT_PROJECT_DIR.rglob("*.sql"):
        found |= set(re.findall(r"\{%-? (?:macro|test) (\w+)\(", path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("name", DUCKDB_ONLY)
def test_no_model_has_what_only_duckdb_reads(name: str) -> None:
    found = [
        f"{path.relative_to(DBT_PROJECT_DIR)}: {match[0]}"
        for path in sources()
        for match in re.finditer(DUCKDB_ONLY[name], sql_of(path), re.IGNORECASE)
    ]
    assert not found, f"say it by a macro of {DISPATCH.name}: {found}"


def test_every_function_is_known_to_mean_the_same_on_both() -> None:
    allowed = FUNCTIONS.keys() | WORDS | JINJA | macros()
    found = {
        f"{path.relative_to(DBT_PROJECT_DIR)}: {name}"
        for path in sources()
        for name in re.findall(r"(?<![\w.])([a-z_][a-z_0-9]*)\s?\(", sql_of(path))
        if name not in allowed and not _is_alias(name, sql_of(path))
    }
    assert not found, "add a case to tests/engines/battery.py, or a macro to engines.sql"


def _is_alias(name: str, sql: str) -> bool:
    """Whether the name is that of a CTE or of a table of values with its columns."""
    return bool(re.search(rf"\b(as )?{name} (as )?\((?=\s*(select|with|values|\w+,|\w+\)))", sql))


def test_max_by_never_sees_a_null() -> None:
    """Spark's takes it for a value; DuckDB's passes over it."""
    for path in sources():
        for match in re.finditer(r"\b(max|min)_by\(.*", sql_of(path)):
            following = sql_of(path)[match.start() :][:160]
            is_filtered = "filter" in following or "change_type, (changed_on" in following
            assert is_filtered, f"{path.name}: {match[0]}"


def test_the_rules_catch_what_they_name() -> None:
    caught = {
        "union by name": "a union all by name b",
        "exclude": "select * exclude (a)",
        "replace in a star": "select * replace (1 as a)",
        "cast by ::": "a::int",
        "filter over": "max(x) filter (where (y) > 1) over w",
        "window extended": "over (w order by x)",
        "power by **": "a ** 2",
        "integer division": "a // 2",
        "varchar": "cast(null as varchar)",
        "asof join": "asof join b",
        "pivot": "pivot a on b",
        "sample": "using sample 3",
        "from first": "(from a)",
        "materialized": "a as materialized (",
        "columns()": "sum(columns('x'))",
        "list": "unnest(['a'])",
        "backslash": r"regexp_replace(x, '\s', '')",
        "fraction to a whole number": "cast(a / b as integer)",
    }
    assert caught.keys() == DUCKDB_ONLY.keys()
    for name, sql in caught.items():
        assert re.search(DUCKDB_ONLY[name], sql), name
