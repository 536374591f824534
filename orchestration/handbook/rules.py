"""``rules.md``: the catalogue of rules with their limits, by kind of delivery."""

from __future__ import annotations

from itertools import groupby

from orchestration.handbook.markdown import code, table
from orchestration.reference.vocabulary import SCOPES, SEVERITIES
from orchestration.returns.rule_catalogue import catalogue_version, listed_rules

_HEAD = """# Rules 规则目录

版本 {version}，共 {count} 条。The same as `fangan rules`; `fangan rules --xlsx FILE` writes it as a
workbook for the districts. Common rules hold for every kind. Why some things are no rule:
[completed and verified](../explanation/completed-and-verified.md).

"""


#: What a failure does, by severity, in English and Chinese.
_CONSEQUENCES = {
    "refuse": ("refuses the delivery", "退回整份报送"),
    "quarantine": (
        "holds the row back; above the kind's `quarantined_share` the delivery is refused",
        "隔离该行；隔离的行超过该类报表的限度则退回整份报送",
    ),
    "warn": ("counts the row and tells the district", "计入，并告知区县"),
    "info": (
        "is listed only; changes no exit code, check or score",
        "只列出，不影响退出码、检查和评分",
    ),
}


def page() -> str:
    """Return the page."""
    listed = listed_rules()
    head = _HEAD.format(version=catalogue_version(), count=len(listed))
    consequences = table(
        ("程度 severity", "a failure", "不通过的后果"),
        ((f"{word} {code(name)}", *_CONSEQUENCES[name]) for name, word in SEVERITIES.items()),
    )
    sections = [
        f"\n## {title} {code(kind)}\n\n"
        + table(
            ("规则", "范围", "要求", "限值", "维度", "程度", "改法", "自"),
            (
                (
                    one.rule.id,
                    SCOPES[one.rule.scope],
                    one.rule.sentence,
                    one.limits,
                    one.rule.dimension,
                    SEVERITIES[one.rule.severity],
                    one.rule.remedy,
                    one.rule.since,
                )
                for one in rules
            ),
        )
        for (kind, title), rules in groupby(listed, key=lambda one: (one.kind, one.title))
    ]
    return head + consequences + "".join(sections)
