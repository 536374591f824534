"""The rule book of each kind, read strictly from ``rules/*.yml``.

Add here what a file of rules may hold besides rules. The form of a rule is in ``rulebook``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from expectations.rulebook import Ratio, Rule, Strict

RULES_DIR = Path(__file__).parent / "rules"


class RuleError(ValueError):
    """A rule file that cannot be trusted; the message names file and key."""


class _RuleFile(Strict):
    kind: str
    ratios: dict[str, Ratio] = Field(default_factory=dict)
    years: dict[str, str] = Field(default_factory=dict)
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class RuleBook:
    """The rules of one kind and the columns that they derive from its fields.

    ``ratios`` are numbers; ``years`` map a derived date (1 January) to the field with its year.
    """

    kind: str
    rules: tuple[Rule, ...]
    ratios: dict[str, Ratio]
    years: dict[str, str]


#: The file with the rules that every export kind shares.
EVERY = "every"
#: The book about a district's month as a whole.
DELIVERY = "delivery"


@cache
def load_rulebooks(folder: Path = RULES_DIR) -> dict[str, RuleBook]:
    """Read every rule file of ``folder``; return the books by kind, shared rules included.

    The book DELIVERY shares none of them.
    Raises RuleError naming the file and the key, also for an id that is used twice.
    """
    files = _load_files(folder)
    shared = files.pop(EVERY).rules
    return {
        name: RuleBook(
            kind=name,
            rules=content.rules if name == DELIVERY else (*shared, *content.rules),
            ratios=content.ratios,
            years=content.years,
        )
        for name, content in files.items()
    }


def load_rule_files() -> dict[str, tuple[Rule, ...]]:
    """Return the rules by file, each once: what every kind shares stands under ``EVERY``."""
    return {name: content.rules for name, content in _load_files(RULES_DIR).items()}


def _load_files(folder: Path) -> dict[str, _RuleFile]:
    files = {path.stem: _load_file(path) for path in sorted(folder.glob("*.yml"))}
    _refuse_repeated_ids(files)
    return files


def _load_file(path: Path) -> _RuleFile:
    try:
        # a seventh of what the loader written in Python takes, in every process
        content = _RuleFile.model_validate(yaml.load(path.read_bytes(), yaml.CSafeLoader))
    except ValidationError as error:
        details = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise RuleError(f"{path.name}: {details}") from error
    if content.kind != path.stem:
        raise RuleError(f"{path.name}: holds the rules of {content.kind!r}; name both alike")
    return content


def _refuse_repeated_ids(files: dict[str, _RuleFile]) -> None:
    owner: dict[str, str] = {}
    for name, content in files.items():
        for rule in content.rules:
            if rule.id in owner:
                raise RuleError(f"{name}.yml: {rule.id} stands already in {owner[rule.id]}.yml")
            owner[rule.id] = name
