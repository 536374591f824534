"""The form of a rule and of its check.

A rule is data: id, scope, Chinese sentence, dimension, severity, remedy, since, and one check.
Add a field here when every rule may carry it. What a check computes is in ``checks``, the files
that rules stand in are read by ``rule_files``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SQL_DIR = Path(__file__).parent / "sql"

Scope = Literal["structure", "field", "record", "cross_record", "cross_delivery", "cross_month"]
Severity = Literal["refuse", "quarantine", "warn", "info"]
Dimension = Literal["完整性", "规范性", "一致性", "准确性", "及时性", "唯一性"]
#: ``rows``: one row a landed row; ``totals``: one a 合计 cell; ``delivery``: one in all;
#: ``figures``: one in all, with the figures that would be counted.
Frame = Literal["rows", "totals", "delivery", "figures"]
#: Rules are reported together by what must be looked at to mend them: the file, its rows, or
#: other deliveries beside it.
GROUPS: dict[str, tuple[Scope, ...]] = {
    "structure": ("structure",),
    "rows": ("field", "record", "cross_record"),
    "crossing": ("cross_delivery", "cross_month"),
}


class Strict(BaseModel):
    """A model that forbids keys which it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Strict):
    """A condition on the same row: ``column`` holds one of ``values`` (or anything else)."""

    column: str
    values: tuple[str, ...]
    negated: bool = False


class Filled(Strict):
    """Every named column holds a value (on the rows where ``when`` holds)."""

    check: Literal["filled"]
    columns: tuple[str, ...]
    when: When | None = None


class Blank(Strict):
    """Every named column is blank on the rows where ``when`` holds."""

    check: Literal["blank"]
    columns: tuple[str, ...]
    when: When


class Paired(Strict):
    """The two columns are both filled or both blank."""

    check: Literal["paired"]
    columns: tuple[str, str]


class Typed(Strict):
    """The delivered text can be read as the column's contract type."""

    check: Literal["typed"]
    columns: tuple[str, ...]


class Coded(Strict):
    """The value stands in the column's code list."""

    check: Literal["coded"]
    columns: tuple[str, ...]


class Patterned(Strict):
    """The whole of an identifier matches the pattern of its column."""

    check: Literal["patterned"]
    columns: tuple[str, ...]


class Named(Strict):
    """The value is one of a list of names that the context gives."""

    check: Literal["named"]
    columns: tuple[str, ...]
    names: str


class Within(Strict):
    """A number lies between ``low`` and ``high``, or in a district's plausibility ``band``."""

    check: Literal["within"]
    columns: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    band: str | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Within:
        if (self.band is None) == (self.low is None and self.high is None):
            raise ValueError("give either 'band', or 'low' or 'high'")
        return self


class Plausible(Strict):
    """Each figure lies in its own ``ask`` or ``impossible`` band of the district."""

    check: Literal["plausible"]
    figures: tuple[str, ...]
    band: Literal["ask", "impossible"]


class Ordered(Strict):
    """The earlier date is on or before the later one, where both are given."""

    check: Literal["ordered"]
    earlier: str
    later: str


class NotAfterAsAt(Strict):
    """Dates are on or before the delivery's as-at date."""

    check: Literal["not_after_as_at"]
    columns: tuple[str, ...]


class Unique(Strict):
    """No two rows share the values of ``columns``; what is no identifier repeats none."""

    check: Literal["unique"]
    columns: tuple[str, ...]


class NoProblem(Strict):
    """The reader met none of these problems."""

    check: Literal["no_problem"]
    problems: tuple[str, ...]


class AtMost(Strict):
    """A measure of the delivery as a whole stays at or under a limit from the context."""

    check: Literal["at_most"]
    measure: str
    limit: str


class Sql(Strict):
    """The query ``sql/<rule id>.sql`` marks no row as failing.

    ``needs`` names the deliveries without which the rule is not applicable: kinds of this month,
    ``previous_<kind>`` for the month before, ``history_<kind>`` for any earlier month,
    ``known_buildings`` for the districts' building ledgers, of which the city's rules see the
    numbers.
    """

    check: Literal["sql"]
    needs: tuple[str, ...]


Check = Annotated[
    Filled
    | Blank
    | Paired
    | Typed
    | Coded
    | Patterned
    | Named
    | Within
    | Plausible
    | Ordered
    | NotAfterAsAt
    | Unique
    | NoProblem
    | AtMost
    | Sql,
    Field(discriminator="check"),
]


class Rule(Strict):
    """One rule of the book. ``missing`` says what a blank cell means to a value check.

    While a rule that ``is_plausibility`` fails on a printed measure, no release is final.
    """

    id: str = Field(pattern=r"^[A-Z]{2}-\d{3}$")
    scope: Scope
    sentence: str
    dimension: Dimension
    severity: Severity
    missing: Literal["skip", "fail"] = "skip"
    frame: Frame = "rows"
    is_plausibility: bool = False
    remedy: str
    since: str
    test: Check

    @model_validator(mode="after")
    def _agree(self) -> Rule:
        if isinstance(self.test, Sql):
            if self.severity in ("refuse", "quarantine"):
                raise ValueError("a rule across deliveries warns: it cannot tell which one errs")
            if not self.sql_path.exists():
                raise ValueError(f"{self.sql_path.name} is missing from sql/")
        if self.severity == "quarantine" and self.frame != "rows":
            raise ValueError("only rows can be quarantined")
        if isinstance(self.test, NoProblem | AtMost) != (self.frame == "delivery"):
            raise ValueError("'no_problem' and 'at_most' ask about the delivery, others do not")
        if isinstance(self.test, Plausible) != (self.frame == "figures"):
            raise ValueError("'plausible' asks about the figures, others do not")
        if isinstance(self.test, Filled) != (self.missing == "fail"):
            raise ValueError("missing: 'fail' belongs to the check 'filled', and to no other")
        return self

    @property
    def sql_path(self) -> Path:
        """Where the query of an ``sql`` rule lies."""
        return SQL_DIR / f"{self.id}.sql"


class Ratio(Strict):
    """A derived number: ``numerator`` × ``factor`` ÷ ``denominator``.

    Something of nothing is no number, or infinite where ``is_infinite_of_nothing``.
    """

    numerator: str
    denominator: str
    factor: float = 1
    is_infinite_of_nothing: bool = False
