"""The office's choices in ``fangan.toml``, and which values they allow.

Add a choice to ``CHOICES`` and as a field of ``settings.Settings``. Imports none of ours.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

#: Where the steps of a run are worked on; the first is the default.
EXECUTORS = ("in-process", "multiprocess", "celery", "k8s")
#: The allowed values in ``fangan.toml`` by section and key.
CHOICES: Mapping[str, Mapping[str, Sequence[int] | Sequence[str]]] = {
    "release": {"approvals": (1, 2)},
    "sample": {"approvals": (1, 2)},
    "run": {"wait_minutes": range(24 * 60 + 1), "executor": EXECUTORS},
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


def _allowed(value: Any, values: Sequence[Any], place: str) -> Any:
    """Return a value if it is allowed; raise ConfigurationError with those that are."""
    # True is no 1
    if type(value) is not type(values[0]) or value not in values:
        raise ConfigurationError(
            f"{place} = {value!r}，只能是 {listed(values)}。Choose one of these"
        )
    return value


def listed(values: Sequence[int] | Sequence[str]) -> str:
    """Return the allowed values of a choice as text."""
    if isinstance(values, range):
        return f"{values[0]} 至 {values[-1]} 的整数"
    return "、".join(map(str, values))


def _known(name: str, known: Mapping[str, Any], place: str) -> Any:
    """Return the entry of a name; raise ConfigurationError with the closest known name."""
    if name in known:
        return known[name]
    [close] = get_close_matches(name, known, 1, 0)
    raise ConfigurationError(f"{place}：没有这个名称，应为 {close}？Unknown; is it {close}?")
