"""``规则目录.xlsx``: the catalogue of all rules, for the districts.

One line per rule, each rule once. The rules are in the rule book; how a finding is returned is in
``issue_list``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from expectations.rule_files import EVERY, RULES_DIR, load_rule_files
from expectations.rulebook import SQL_DIR, Rule
from orchestration.formats.xlsx import Sheet, new_workbook
from orchestration.reference.contracts import load_contracts
from orchestration.reference.vocabulary import SCOPES, SEVERITIES
from orchestration.returns.rule_limits import limits_of

#: Titles of rule files that do not belong to one kind of report.
_OTHER_TITLES = {EVERY: "各类报表", "delivery": "全部报送"}
#: A fixed time, so that a version of the rules always gives the same bytes.
_CREATED = datetime(2020, 1, 1)
_MISSING = {"skip": "空值不查", "fail": "空值不合格"}
_COLUMNS = {
    "规则": 9,
    "报表": 19,
    "范围": 9,
    "要求": 46,
    "维度": 9,
    "程度": 8,
    "空值": 11,
    "改法": 42,
    "自何月起": 11,
    "限值": 46,
}


@dataclass(frozen=True)
class ListedRule:
    """A rule with the kind of its rule file and the kind's Chinese title."""

    kind: str
    title: str
    rule: Rule

    @property
    def limits(self) -> str:
        """The rule's limits as text; empty if its sentence already says them."""
        return limits_of(self.rule, self.kind)


def listed_rules(kind: str | None = None) -> list[ListedRule]:
    """Return every rule once: shared rules first, then by kind in the order of the contracts.

    With ``kind`` only the rules of that kind and the shared ones. Raises KeyError for a kind
    without rules.
    """
    files = load_rule_files()
    if kind is not None and kind not in files:
        raise KeyError(kind)
    kinds = [name for name in (EVERY, *load_contracts(), "delivery") if name in files]
    chosen = kinds if kind is None else [name for name in kinds if name in (EVERY, kind)]
    return [ListedRule(name, kind_title(name), rule) for name in chosen for rule in files[name]]


def kind_title(kind: str) -> str:
    """Return the Chinese title of a rule file's kind."""
    return _OTHER_TITLES.get(kind) or load_contracts()[kind].title


def catalogue_version() -> str:
    """Return a fingerprint of all rules: rule files, queries and limits."""
    digest = hashlib.sha256()
    for path in sorted([*RULES_DIR.glob("*.yml"), *SQL_DIR.glob("*.sql")]):
        digest.update(path.name.encode() + path.read_bytes())
    for listed in listed_rules():
        digest.update(listed.limits.encode())
    return digest.hexdigest()[:8]


def write_catalogue(path: Path, rules: list[ListedRule]) -> None:
    """Write the catalogue as a workbook with one sheet and filters."""
    title = f"房安规则目录（版本 {catalogue_version()}，共 {len(rules)} 条）"
    with new_workbook(path, title, created=_CREATED) as (book, styles):
        sheet = Sheet(book, "规则目录", list(_COLUMNS.values()))
        sheet.line(title, styles.title, 30)
        sheet.line(
            "程度：退回＝整份报表不采用；隔离＝该行不采用；提醒＝采用并告知；提示＝仅供参考。",
            styles.plain,
            20,
        )
        sheet.header(list(_COLUMNS), styles)
        sheet.keep_in_sight(len(rules))
        for listed in rules:
            severity = listed.rule.severity
            marked = {list(_COLUMNS).index("程度"): styles.severity[severity]}
            sheet.row(_cells(listed), styles, marked)


def _cells(listed: ListedRule) -> tuple[str, ...]:
    rule = listed.rule
    return (
        rule.id,
        listed.title,
        SCOPES[rule.scope],
        rule.sentence,
        rule.dimension,
        SEVERITIES[rule.severity],
        _MISSING[rule.missing],
        rule.remedy,
        rule.since,
        listed.limits,
    )
