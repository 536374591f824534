"""``fangan rules``: prints the catalogue of rules, or writes it as a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.output import Record, path_from_here, print_table
from orchestration.reference.contracts import load_contracts
from orchestration.reference.vocabulary import SCOPES, SEVERITIES
from orchestration.returns.rule_catalogue import (
    ListedRule,
    catalogue_version,
    listed_rules,
    write_catalogue,
)


def chosen_rules(kind: str | None) -> list[ListedRule]:
    """Return the rules of a kind, or all; raise click.UsageError for a kind without rules."""
    try:
        return listed_rules(kind)
    except KeyError as error:
        known = "、".join(f"{k}（{c.title}）" for k, c in load_contracts().items())
        raise click.UsageError(f"{kind!r} has no rules; known kinds: {known}") from error


def records(rules: list[ListedRule]) -> list[Record]:
    """Return the rules as plain records, with the field names of the rule files."""
    return [
        {"kind": listed.kind, "title": listed.title}
        | listed.rule.model_dump(exclude={"test", "frame"})
        | {"limits": listed.limits}
        for listed in rules
    ]


def show(rules: list[ListedRule]) -> None:
    """Print the catalogue."""
    print_table(
        f"规则目录（版本 {catalogue_version()}，共 {len(rules)} 条）",
        [
            {
                "规则": listed.rule.id,
                "报表": listed.title,
                "范围": SCOPES[listed.rule.scope],
                "要求": listed.rule.sentence,
                "限值": listed.limits,
                "维度": listed.rule.dimension,
                "程度": SEVERITIES[listed.rule.severity],
                "改法": listed.rule.remedy,
                "自": listed.rule.since,
            }
            for listed in rules
        ],
    )


def write(path: Path, rules: list[ListedRule]) -> None:
    """Write the catalogue as a workbook; create its folder if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_catalogue(path, rules)
    click.echo(f"{len(rules)} 条规则：{path_from_here(path)}")
