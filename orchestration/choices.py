"""The office's choices in ``fangan.toml``, and which values they allow.

Add a choice to ``CHOICES`` and as a field of ``settings.Settings``, what an issue prints as a field
of ``masthead.Masthead``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from orchestration.masthead import AFTER, BEFORE, Masthead

#: Where the steps of a run are worked on; the first is the default.
EXECUTORS = ("in-process", "multiprocess", "celery", "k8s")


@dataclass(frozen=True)
class Words:
    """Allows any text in one line of at most ``longest`` characters."""

    longest: int

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and len(value) <= self.longest and value.isprintable()


#: The allowed values in ``fangan.toml`` by section and key.
CHOICES: Mapping[str, Mapping[str, Sequence[int] | Sequence[str] | Words]] = {
    "release": {"approvals": (1, 2)},
    "sample": {"approvals": (1, 2)},
    "run": {"wait_minutes": range(24 * 60 + 1), "executor": EXECUTORS},
    "masthead": {
        "name": Words(30),
        "number": Words(40),
        "first_month": Words(7),
        "publisher": Words(60),
        "contact": Words(120),
        "licence": Words(200),
        "reported_to": Words(300),
        "sent_to": Words(300),
        "issued_to": Words(300),
        "copies": range(100_000),
        "sentences": (AFTER, BEFORE),
    },
}


class ConfigurationError(ValueError):
    """``fangan.toml`` is not valid; the message says what is wrong and how to correct it."""


def chosen_in(path: Path) -> dict[tuple[str, str], Any]:
    """Return the choices in a configuration file by (section, key); empty without the file.

    Raises ConfigurationError.
    """
    if not path.is_file():
        if os.environ.get("FANGAN_CONFIG"):
            raise ConfigurationError(
                f"没有配置文件（FANGAN_CONFIG）：{path}。The configuration file is missing"
            )
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} 不是有效的 TOML。It is not TOML: {error}") from error
    chosen: dict[tuple[str, str], Any] = {}
    for section, keys in content.items():
        allowed = _known(section, CHOICES, f"{path}: [{section}]")
        if not isinstance(keys, dict):
            raise ConfigurationError(f"{path}: {section} 须是一节。Write it as [{section}]")
        for key, value in keys.items():
            values = _known(key, allowed, f"{path}: {section}.{key}")
            chosen[section, key] = _allowed(value, values, f"{path}: {section}.{key}")
    return chosen


def executor_in(variable: str) -> str | None:
    """Return the executor that an environment variable names, or None if it is not set.

    Raises ConfigurationError.
    """
    value = os.environ.get(variable)
    return _allowed(value, EXECUTORS, variable) if value else None


def _allowed(value: Any, values: Sequence[int] | Sequence[str] | Words, place: str) -> Any:
    """Return a value if it is allowed; raise ConfigurationError with those that are."""
    # neither True nor 1.0 is 1
    if type(value) not in (int, str) or value not in values:
        raise ConfigurationError(
            f"{place} = {value!r}，只能是 {listed(values)}。Choose one of these"
        )
    return value


def masthead_in(path: Path, chosen: Mapping[tuple[str, str], Any]) -> Masthead:
    """Return the masthead among the choices of ``path``; raise ConfigurationError."""
    given = {key: value for (section, key), value in chosen.items() if section == "masthead"}
    try:
        return Masthead(**given)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def listed(values: Sequence[int] | Sequence[str] | Words) -> str:
    """Return the allowed values of a choice as text."""
    if isinstance(values, Words):
        return f"一行文字，不超过 {values.longest} 字"
    if isinstance(values, range):
        return f"{values[0]} 至 {values[-1]} 的整数"
    return "、".join(map(str, values))


def _known(name: str, known: Mapping[str, Any], place: str) -> Any:
    """Return the entry of a name; raise ConfigurationError with the closest known name."""
    if name in known:
        return known[name]
    [close] = get_close_matches(name, known, 1, 0)
    raise ConfigurationError(f"{place}：没有这个名称，应为 {close}？Unknown; is it {close}?")
