"""A share is a part of something: of nothing there is none, not zero. Asked without dbt."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import jinja2
import pytest

from orchestration.settings import DBT_PROJECT_DIR


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (0, 0, None),
        (3, 0, None),
        ("null", 3, None),
        (3, "null", None),
        (0, 3, Decimal("0.000000")),
        (1, 3, Decimal("0.333333")),
        (2, 3, Decimal("0.666667")),
        (3, 3, Decimal("1.000000")),
    ],
)
def test_a_share_is_rounded_once_and_null_of_nothing(
    part: int | str, whole: int | str, share: Decimal | None
) -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "share_of.sql").read_text("utf-8")
    environment = jinja2.Environment(autoescape=False)
    value = environment.from_string(macro + "{{ share_of('part', 'whole') }}").render()
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {value} from (select {part}::bigint as part, {whole}::bigint as whole)"
        ).fetchall()
    assert found == [(share,)]
