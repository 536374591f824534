"""What SQL means on DuckDB and on Spark: a case for every function and construct of the models.

A function that the models do not use yet is allowed once it has a case here. Where the engines
answer differently the case has both answers, and ``GUARDS`` says what keeps a model from it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """An expression over nothing, or a whole query; ``differing`` is (DuckDB's, Spark's answer).

    Answers are compared as text, row by row; ``spark`` is Spark's spelling, if it has its own.
    """

    sql: str
    spark: str | None = None
    differing: tuple[str, str] | None = None


#: Functions that mean the same on both, with a case that would show if they did not.
FUNCTIONS = {
    "abs": "abs(cast(-1.50 as decimal(9, 2)))",
    "any_value": "(select any_value(x) from (values ('a'), ('a')) as t (x))",
    "array_append": "cardinality(array_append({list}, '丙'))",
    "array_contains": "array_contains({list}, '乙')",
    "bool_and": "(select bool_and(x) from (values (true), (null)) as t (x))",
    "bool_or": "(select bool_or(x) from (values (false), (null)) as t (x))",
    "cardinality": "cardinality({list})",
    "coalesce": "coalesce(null, '房')",
    "concat_ws": "concat_ws('，', null, '甲', null, '乙')",
    "contains": "contains('套/栋', '/')",
    "count": "(select count(x) from (values (1), (null)) as t (x))",
    "cube": "(select count(*) from (select a, b from (values (1, 2), (1, 3)) as t (a, b)"
    " group by cube(a, b)))",
    "date_trunc": "cast(date_trunc('month', date '2022-10-31') as date)",
    "exists": "exists (select 1 from (values (1)) as t (x) where x > 1)",
    "greatest": "greatest(null, 1, 2)",
    "if": "if(null, 1, 2)",
    "last_day": "last_day(date '2024-02-01')",
    "least": "least(null, 1, 2)",
    "left": "left('姑苏区平江街道', 3)",
    "length": "length('平江街道')",
    "lower": "lower('ＡBＣ苏')",
    "max": "(select max(x) from (values (date '2022-01-01'), (null)) as t (x))",
    "max_by": "(select max_by(x, (k, n))"
    " from (values ('a', 1, 'x'), ('b', 1, 'y')) as t (x, k, n))",
    "md5": "md5('平江路1号')",
    "median": "(select median(x) from (values (1), (2), (null)) as t (x))",
    "min": "(select min(x) from (values ('乙'), ('甲')) as t (x))",
    "min_by": "(select min_by(x, k) from (values ('a', 2), ('b', 1)) as t (x, k))",
    "month": "month(date '2022-10-31')",
    "nullif": "nullif('', '')",
    "power": "power(3 / 4, 2)",
    "rank": "(select max(r) from (select rank() over (order by x desc nulls last) as r"
    " from (values (1), (1), (null)) as t (x)))",
    "regexp_extract": "regexp_extract('历史街区社区居委会',"
    " '^(.{2,}?)(社区|村|街道|镇)?((村民|居民|村|居)?委员?会|办事处|人民政府)?$', 1)",
    "rollup": "(select count(*) from (select a from (values (1), (2)) as t (a)"
    " group by rollup(a)))",
    "round": "round(cast(0.005 as decimal(10, 3)), 2)",
    "row_number": "(select max(r) from (select row_number() over (partition by x order by y) as r"
    " from (values (1, 1), (1, 2), (2, 1)) as t (x, y)))",
    "sqrt": "sqrt(2)",
    "sum": "(select cast(sum(x) as bigint) from (values (1), (null), (2)) as t (x))",
    "try_cast": "try_cast('2022-10-31' as date)",
    "year": "year(date '2022-10-31')",
}
#: Constructs that mean the same on both.
CONSTRUCTS = {
    "aggregate filter": "(select count(*) filter (where x > 1) from (values (1), (2)) as t (x))",
    "case without else": "case when false then 1 end",
    "date + interval": "cast(date '2022-01-31' + interval 1 month as date)",
    "date - interval": "cast(date '2024-02-29' - interval 1 year as date)",
    "date || text": "'鉴定（' || date '2022-01-05' || '）'",
    "number || text": "12 || '月缺'",
    "decimal as text": "cast(round(100 * cast(0.312500 as decimal(9, 6)), 1) as decimal(9, 1))"
    " || '%'",
    "double / bigint": "round(cast(1 as double) / 640, 6)",
    "group by all": "(select count(*) from (select x, count(*) from (values (1), (1)) as t (x)"
    " group by all))",
    "in with null": "1 in (2, null)",
    "is distinct from": "null is distinct from 'a'",
    "lateral alias": "(select b from (select 1 as a, a + 1 as b))",
    "qualify": "(select count(*) from (select x from (values (1), (2)) as t (x)"
    " qualify row_number() over (order by x) = 1))",
    "semi join": "(select count(*) from (values (1), (1)) as t (x)"
    " semi join (values (1)) as u (x) on t.x = u.x)",
    "anti join": "(select count(*) from (values (1), (2)) as t (x)"
    " anti join (values (1)) as u (x) on t.x = u.x)",
    "struct order": "(date '2022-01-01', 'b') > (date '2022-01-01', 'a')",
    "text order": "'Z' < 'a' and '丁' < '甲'",
    "window frame": "(select max(m) from (select max(x) over (order by x"
    " rows between 1 following and unbounded following) as m from (values (1), (2)) as t (x)))",
    "decimal from text": "try_cast('12.345' as decimal(14, 2))",
    "bigint from text": "try_cast('0120' as bigint)",
    "no bigint": "try_cast('１２' as bigint)",
}
#: Where the engines answer differently: DuckDB's answer, then Spark's.
DIFFERENCES = {
    "a year alone is a date": Case("try_cast('2022' as date)", differing=("None", "2022-01-01")),
    "a day with a time is a date": Case(
        "try_cast('2022-1-5' as date)", differing=("2022-01-05", "2022-01-05")
    ),
    "exponent": Case("try_cast('1e3' as bigint)", differing=("1000", "None")),
    "point in a whole number": Case("try_cast('12.0' as bigint)", differing=("12", "None")),
    "half to int": Case("cast(2.5 as integer)", differing=("3", "2")),
    "one and a half to int": Case("cast(cast(1.5 as double) as integer)", differing=("2", "1")),
    "max_by of null": Case(
        "(select max_by(x, k) from (values ('a', 1), (null, 2)) as t (x, k))",
        differing=("a", "None"),
    ),
    "nulls in a window": Case(
        "(select max(if(x is null, r, 0)) from (select x, row_number() over (order by x) as r"
        " from (values (1), (2), (null)) as t (x)))",
        differing=("3", "1"),
    ),
    "text that is no number": Case(
        "cast('x' as bigint)",
        differing=(
            "ConversionException Conversion Error: Could not convert string 'x' to INT64",
            "None",
        ),
    ),
    "division by zero": Case("1 / 0", differing=("inf", "None")),
    "full-width space": Case("length(trim('　甲'))", differing=("1", "2")),
    "decimal / decimal": Case(
        "cast(1 as decimal(9, 4)) / cast(3 as decimal(9, 4))",
        differing=("0.3333333333333333", "0.33333333333333"),
    ),
    "concat with null": Case("concat('a', null)", differing=("a", "None")),
}
#: What keeps a model from each difference.
GUARDS = {
    "a year alone is a date": "the reader writes every date it understands as YYYY-MM-DD, and rules"
    " turn away what is not one (expectations), before a model casts it",
    "a day with a time is a date": "as above",
    "exponent": "the reader writes numbers as digits and a point",
    "point in a whole number": "the reader drops the fraction of a whole number",
    "half to int": "no model casts a fraction to a whole number (test_models_are_portable)",
    "one and a half to int": "as above",
    "max_by of null": "filter (where … is not null) beside it (test_models_are_portable)",
    "nulls in a window": "nulls last, or an order by what is never null",
    "text that is no number": "strictly() in staging",
    "division by zero": "nullif(…, 0) under every line",
    "full-width space": "the reader trims; no model does",
    "decimal / decimal": "share_of(), or the upper one cast to double",
    "concat with null": "|| instead, or concat_ws",
}
