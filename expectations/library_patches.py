"""What is changed in Great Expectations, in one place: each with its gain and its conditions.

Add here whatever reaches into the library; everything else uses what its documentation names.
Gains are CPU seconds of a month of the whole city, in which 2,400 expectations are asked of
700,000 rows. ``tests/expectations/test_library_patches.py`` holds the results against those of
the library as it came. All of it was tried with 1.24.1.

1. ``HASH_THRESHOLD``: the library fingerprints each frame that it is given, and nothing reads
   the fingerprint. Gain: 1.3. Relies on the constant in ``pandas_execution_engine``. Remove it
   when a batch can be had without a fingerprint.
2. ``Expectation.configuration`` and ``ExpectationConfiguration.to_domain_obj``: each turns one
   form of an expectation into the other, some 80 and 8 times in one validation. Both results are
   remembered while ``remembering`` holds, and only then. Gain: 5. Relies on the library not
   changing an expectation while it validates. Remove it when the library remembers them.
3. ``PandasExecutionEngine._apply_row_condition_filter``: for every metric of every expectation,
   ``DataFrame.query`` parses the ``row_condition`` and makes a series of each column. The rows that
   it leaves are remembered in the same way, and found by the one column that it names. Gain: 2.5.
   Relies on the library not changing the rows that it is given, and on the two forms of condition
   that ``checks`` makes. Remove it when the library looks up a condition's rows once.
4. ``IDDict.to_id``: names each metric by its arguments, some 40 times for an expectation. The
   name is the same, but what is plain JSON is not looked through for what is not. Gain: 1.
   Remove it when ``convert_to_json_serializable`` is as quick.
5. ``altair`` and ``scipy.stats``: the library imports them for charts and distributions, which
   no rule needs. A stand-in takes their place until something in them is asked for. Gain: 1.3.
   Relies on the library using them only when it is called. Remove it when the library imports
   them where it uses them. (The standard library's lazy loader loads them at the second import.)
6. ``pyspark``: the library imports all of it where it is installed, and one of its modules ends a
   process whose ``__main__`` has no file (``python -c``, spawned processes, Dagster's steps) with
   exit code 0 and no word. It is barred, so the library takes it for not installed. Test:
   ``tests/engines/test_pyspark_beside_expectations.py``. Remove it when pyspark no longer runs
   doctests when it is imported, or the library asks for Spark only where it is used.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from hashlib import md5
from importlib import import_module
from types import ModuleType
from typing import Any

#: By function and identity of its object: the object, and what the function returned.
_Results = dict[tuple[str, int], tuple[Any, Any]]
_remembered: ContextVar[_Results | None] = ContextVar("remembered", default=None)


@cache
def great_expectations() -> Any:
    """Import the library, with its warnings and its log off, and patch it; takes a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for unused in ("altair", "scipy.stats"):
            sys.modules.setdefault(unused, _StandIn(unused))
        # None bars the import
        sys.modules.setdefault("pyspark", None)  # type: ignore[arg-type]
        import great_expectations as gx
    _patch()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


@contextmanager
def remembering() -> Iterator[None]:
    """Work out once within the block what the library would work out many times."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def _patch() -> None:
    from great_expectations.core.id_dict import IDDict
    from great_expectations.execution_engine import PandasExecutionEngine, pandas_execution_engine
    from great_expectations.expectations.expectation import Expectation
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    pandas_execution_engine.HASH_THRESHOLD = 0
    Expectation.configuration = property(_once("configuration", Expectation.configuration.fget))
    ExpectationConfiguration.to_domain_obj = _once(
        "to_domain_obj", ExpectationConfiguration.to_domain_obj
    )
    rows_where = PandasExecutionEngine._apply_row_condition_filter

    def remembered_rows(self: Any, data: Any, row_condition: Any, domain_kwargs: Any) -> Any:
        if _remembered.get() is None:
            return rows_where(self, data, row_condition, domain_kwargs)

        def look_up(rows: Any) -> Any:
            known = _rows_where(rows, row_condition)
            return rows_where(self, rows, row_condition, domain_kwargs) if known is None else known

        return _once(f"row_condition {row_condition!r}", look_up)(data)

    PandasExecutionEngine._apply_row_condition_filter = remembered_rows
    IDDict.to_id = _quick_id(IDDict.to_id)


def _rows_where(rows: Any, condition: dict[str, Any]) -> Any:
    """Return the rows that one of the usual conditions leaves; None for another condition."""
    values = rows[condition["column"]["name"]]
    match condition:
        case {"type": "nullity", "is_null": is_null}:
            return rows[values.isna() if is_null else values.notna()]
        case {"type": "comparison", "operator": "IN", "parameter": listed}:
            return rows[values.isin(listed)]
        case {"type": "comparison", "operator": "NOT_IN", "parameter": listed}:
            return rows[~values.isin(listed)]
    return None


def _once(name: str, original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of one object that is called once for it while ``remembering`` holds."""

    def once(subject: Any) -> Any:
        known = _remembered.get()
        if known is None:
            return original(subject)
        key = (name, id(subject))
        if key not in known:
            # the object is kept, so that no other gets its identity
            known[key] = (subject, original(subject))
        return known[key][1]

    return once


def _quick_id(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def to_id(self: Any, id_keys: Any = None, id_ignore_keys: Any = None) -> Any:
        if id_keys is not None or id_ignore_keys or self._id_ignore_keys or len(self) < 2:
            return original(self, id_keys, id_ignore_keys)
        try:
            text = json.dumps(self, sort_keys=True)
        except TypeError:  # not plain JSON
            return original(self)
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    return to_id


class _StandIn(ModuleType):
    """Stands for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)
