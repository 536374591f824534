"""Findings: the failing cells of a delivery, each with its place, reason and remedy.

One frame for all, with ``FINDING_COLUMNS``; never a delivered value but one that ``reasons`` may
quote or ``comparisons`` compares. Which rows fail is decided in ``within_delivery``; who is
informed, and how, in ``publication`` and ``returns``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from expectations.checks import ExpectationSpec
from expectations.rule_files import RuleBook
from expectations.rulebook import Rule
from orchestration.ingest.reading import Problem, Reading
from orchestration.judgement.judged_rules import JudgedRule
from orchestration.judgement.plausible.comparisons import cell_causes
from orchestration.reference.contracts import Contract

#: Of one rule and column, so many cells and distinct texts are given a reason of their own.
_MAX_CELLS, _MAX_TEXTS = 20_000, 1_000
_STRENGTH = {"refuse": 3, "quarantine": 2, "warn": 1, "info": 0}
FINDING_COLUMNS = (
    "rule_id",
    "severity",
    "dimension",
    "sheet",
    "row_number",
    "cell",
    "field",
    "record_key",
    "message",
    "remedy",
)
#: Which file a problem is of that is of no row, where a delivery has several.
FILE = "file_name"
#: What an expectation of a clean delivery leaves behind.
NO_FINDINGS = pd.DataFrame({name: [] for name in FINDING_COLUMNS}).astype(
    {name: "str" for name in FINDING_COLUMNS} | {"row_number": "Int64"}
)


def cell_findings(
    judged: JudgedRule,
    rows: pd.DataFrame,
    contract: Contract,
    book: RuleBook,
    reading: Reading,
) -> list[pd.DataFrame]:
    """Return the failing cells of one rule on the rows, one frame a failing expectation."""
    found, rule = [], judged.rule
    for spec, positions in judged.failures:
        field = _delivered_field(spec.field, book)
        at = rows.iloc[positions].reset_index(drop=True)
        header = reading.headers.get(field, contract.column(field).header)
        letter = reading.columns.get(field)
        numbers = at["row_number"].astype("str")
        rows_found = finding_rows(
            rule,
            f"“{header}”：{rule.sentence}",
            sheet=at["sheet"],
            row_number=at["row_number"],
            cell=letter + numbers if letter else None,
            field=field,
            record_key=at["record_key"],
        )
        found.append(_with_reasons(rows_found, rule, spec, at, contract, header))
    return found


def _with_reasons(
    found: pd.DataFrame,
    rule: Rule,
    spec: ExpectationSpec,
    at: pd.DataFrame,
    contract: Contract,
    header: str,
) -> pd.DataFrame:
    """Return findings that say why each cell fails, where the text of the cell tells it.

    Only so many cells and distinct texts are looked at; the others keep the rule's sentence.
    """
    asked = cell_causes(rule, spec, at, contract)
    if asked is None:
        return found
    texts, say = asked
    codes, distinct = pd.factorize(texts.iloc[:_MAX_CELLS])
    causes = [say(text) for text in distinct[:_MAX_TEXTS]]
    messages = [f"“{header}”：{cause}（{rule.sentence}）" for cause, _ in causes]
    remedies = [remedy or rule.remedy for _, remedy in causes]
    # 0 is the general sentence, for what was not looked at
    places = np.zeros(len(found), dtype="int32")
    places[: len(codes)] = np.where(codes < len(causes), codes + 1, 0)
    return found.assign(
        message=_coded([found["message"].iloc[0], *messages], places, found.index),
        remedy=_coded([rule.remedy, *remedies], places, found.index),
    )


def _coded(texts: list[str], places: np.ndarray, index: pd.Index) -> pd.Series:
    """Return a categorical Series of ``texts``, of which several may be the same."""
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    return pd.Series(pd.Categorical.from_codes(codes[places], pd.Index(distinct)), index=index)


def _delivered_field(name: str, book: RuleBook) -> str:
    """Return the delivered field that a derived column points to."""
    if name in book.ratios:
        return book.ratios[name].numerator
    return book.years.get(name, name)


def problem_findings(judged: JudgedRule, problems: list[Problem]) -> pd.DataFrame:
    """Return the reader's problems that fail a rule, in the reader's own words."""
    if not judged.failures:
        return NO_FINDINGS
    [(_, positions)] = judged.failures
    met = pd.DataFrame([vars(problems[position]) for position in positions])
    return finding_rows(
        judged.rule,
        "",
        sheet=met["sheet"],
        row_number=met["row"],
        cell=met["cell"],
        field=met["field"],
        record_key=None,
    ).assign(message=met["message"], remedy=met["remedy"], **_files(met["file_name"]))


def _files(names: pd.Series) -> dict[str, pd.Series]:
    """Return the column of the files that problems are of, which only those of parts have."""
    return {FILE: names.where(names != "")} if (names != "").any() else {}


def finding_rows(rule: Rule, message: str, **columns: object) -> pd.DataFrame:
    """Return findings of one rule with the given places and one message.

    What is the same in all of them is kept once, as a category: a ledger in which every cell is
    wrong has millions.
    """
    frame = pd.DataFrame(columns)
    same = {
        "rule_id": rule.id,
        "severity": rule.severity,
        "dimension": rule.dimension,
        "message": message,
        "remedy": rule.remedy,
    } | {name: value for name, value in columns.items() if isinstance(value, str)}
    return frame.assign(**{name: _repeated(text, frame.index) for name, text in same.items()})[
        list(FINDING_COLUMNS)
    ]


def _repeated(text: str, index: pd.Index) -> pd.Series:
    codes = np.zeros(len(index), dtype="int8")
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index([text])), index=index)


def collapsed(findings: list[pd.DataFrame], problems: list[Problem]) -> pd.DataFrame:
    """Join the findings; a cell that could not be read is reported once, in the reader's words.

    Such a cell also fails the rules that ask for its value: the strictest of them stays. They
    stand in the order of rows, columns as letters, and rules.
    """
    filled = [frame for frame in findings if len(frame)]
    if not filled:
        return NO_FINDINGS
    joined = _joined(filled)
    words = {(p.row, p.field): p for p in problems if p.row is not None and p.field is not None}
    if words:
        place = pd.Series(list(zip(joined["row_number"], joined["field"], strict=True)))
        by_reader = place.isin(list(words))
        strength = joined["severity"].astype("str").map(_STRENGTH)
        order = strength.where(by_reader).sort_values(ascending=False, kind="stable").index
        repeated = place[order].duplicated() & by_reader[order]
        for column in ("message", "remedy"):
            joined[column] = joined[column].astype("str")
            joined.loc[by_reader, column] = [getattr(words[p], column) for p in place[by_reader]]
        joined = joined[~repeated.reindex(joined.index)]
    return joined.sort_values(
        ["row_number", "letter", "rule_id"], na_position="first", kind="stable", ignore_index=True
    ).drop(columns="letter")


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Join frames of findings, with the letters of their cells; categories stay such."""
    columns = {name: [frame[name] for frame in frames] for name in FINDING_COLUMNS}
    if any(FILE in frame for frame in frames):
        columns[FILE] = [_file_names(frame) for frame in frames]
    columns["letter"] = [_letters(frame["cell"]) for frame in frames]
    return pd.DataFrame(
        {
            name: union_categoricals(parts, sort_categories=True)
            if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts)
            else pd.concat([_plain(part) for part in parts], ignore_index=True)
            for name, parts in columns.items()
        }
    )


def _file_names(frame: pd.DataFrame) -> pd.Series:
    return frame.get(FILE, pd.Series(None, frame.index, dtype="str"))


def _letters(cells: pd.Series) -> pd.Series:
    """Return the letters of cells, most of which are of one column."""
    first = next((cell for cell in cells if isinstance(cell, str)), "")
    letter = first.rstrip("0123456789")
    if letter and cells.notna().all() and cells.str.fullmatch(f"{letter}[0-9]+").all():
        return _repeated(letter, cells.index)
    return cells.astype("str").str.rstrip("0123456789").astype("category")


def _plain(part: pd.Series) -> pd.Series:
    return part.astype("str") if isinstance(part.dtype, pd.CategoricalDtype) else part
