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

#: The allowed values in ``fangan.toml`` by section and key.
CHOICES: Mapping[str, Mapping[str, Sequence[int]]] = {
    "release": {"approvals": (1, 2)},
    "sample": {"approvals": (1, 2)},
    "run": {"wait_minutes": range(24 * 60 + 1)},
}


class ConfigurationError(ValueError):
    """``fangan.toml`` is not valid; the message says what is wrong and how to correct it."""


def chosen_in(path: Path) -> dict[tuple[str, str], int]:
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
    chosen: dict[tuple[str, str], int] = {}
    for section, keys in content.items():
        allowed = _known(section, CHOICES, f"{path}: [{section}]")
        if not isinstance(keys, dict):
            raise ConfigurationError(f"{path}: {section} 须是一节。Write it as [{section}]")
        for key, value in keys.items():
            values = _known(key, allowed, f"{path}: {section}.{key}")
            if type(value) is not int or value not in values:
                named = listed(values)
                raise ConfigurationError(
                    f"{path}: {section}.{key} = {value!r}，只能是 {named}。Choose one of these"
                )
            chosen[section, key] = value
    return chosen


def listed(values: Sequence[int]) -> str:
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
