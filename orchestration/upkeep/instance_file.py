"""Dagster's instance file in the home: written once, then the operator's.

Which databases, limits and retention Dagster uses is said in ``$FANGAN_HOME/dagster/dagster.yaml``;
the default is ``orchestration/dagster.yaml``, the one for PostgreSQL ``deploy/``. What Dagster
itself makes of the file stays out.
https://docs.dagster.io/deployment/oss/dagster-yaml
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PRIVATE_FILE, PROJECT_ROOT, Settings
from orchestration.store.files import replacing

_DEFAULT = PROJECT_ROOT / "orchestration" / "dagster.yaml"
#: What versions before 0.4.0 put there on every start, whatever an operator had written.
_WRITTEN_BY_EARLIER_VERSIONS = {
    "27a24d303136ecccba1a9a8e161d0327b6dc9a28eea83448dfb8575cd944023f",
    "484c7f493137236c07c1264c7477eefae556f23a6b7b5c12fda2afe173969209",
    "94cdf1e60d0340d035581137cd7e4e4473b1010db8ad8ce01330e93b22fea5e6",
}


@dataclass(frozen=True)
class ChangedDefault:
    """A default that is no longer what it was when the operator's file was written.

    ``key`` has dots between its levels; None is a key that is not there.
    """

    key: str
    was: object
    now: object


def instance_file(settings: Settings) -> Path:
    """Return where the operator's file lies."""
    return settings.dagster / "dagster.yaml"


def default_then(settings: Settings) -> Path:
    """Return the copy of the default from which the operator's file was made.

    Once changed defaults are taken over, it is removed, and the next start writes it again.
    """
    return settings.dagster / "dagster.default.yaml"


def prepare_instance(settings: Settings) -> None:
    """Give Dagster its home (``DAGSTER_HOME``) with an instance file, if it has none."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    file = instance_file(settings)
    if not file.exists() or _is_of_an_earlier_version(file):
        _copy_default(file)
        _copy_default(default_then(settings))
    elif not default_then(settings).exists():
        _copy_default(default_then(settings))


def changed_defaults(settings: Settings) -> list[ChangedDefault]:
    """Return the defaults that changed since the operator's file was written."""
    if not default_then(settings).exists():
        return []
    was = dict(_leaves(yaml.safe_load(default_then(settings).read_bytes())))
    now = dict(_leaves(yaml.safe_load(_DEFAULT.read_bytes())))
    return [
        ChangedDefault(key, was.get(key), now.get(key))
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key)
    ]


def _is_of_an_earlier_version(file: Path) -> bool:
    return hashlib.sha256(file.read_bytes()).hexdigest() in _WRITTEN_BY_EARLIER_VERSIONS


def _copy_default(path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(_DEFAULT.read_bytes())
        temporary.chmod(PRIVATE_FILE)


def _leaves(values: Any, *above: str) -> Iterator[tuple[str, object]]:
    """Yield each value that is no mapping, with its key."""
    if not isinstance(values, dict):
        yield ".".join(above), values
        return
    for key, value in values.items():
        yield from _leaves(value, *above, str(key))
