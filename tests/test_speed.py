"""No test depends on the speed of the machine: property tests have no deadline, nothing sleeps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test
from hypothesis import settings as hypothesis_settings

TESTS = Path(__file__).parent
#: Measuring time is what these are for; they are no tests.
MEASURING = ("benchmarks", "reliability")
#: Other programs are waited for here alone.
AWAITING = "awaiting.py"
#: Calls with which a test would wait for time to pass or compare it with a limit.
CLOCKS = {"sleep", "monotonic", "perf_counter", "process_time", "monotonic_ns", "perf_counter_ns"}


def test_no_property_test_has_a_deadline(request: pytest.FixtureRequest) -> None:
    """Each one uses the profile of ``conftest``, or settings made after it was loaded."""
    assert hypothesis_settings().deadline is None
    properties = [
        item
        for item in request.session.items
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
    ]
    with_deadline = [
        item.nodeid
        for item in properties
        if (own := getattr(item.obj, "_hypothesis_internal_use_settings", None)) is not None
        and own.deadline is not None
    ]
    assert with_deadline == []


def test_no_test_states_a_deadline_or_reads_a_clock() -> None:
    found = []
    for path in sorted(TESTS.rglob("*.py")):
        if path.relative_to(TESTS).parts[0] in (*MEASURING, AWAITING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += [f"{path.relative_to(TESTS)}:{node.lineno} {why}" for why in _timed(node)]
    assert found == []


def _timed(call: ast.Call) -> list[str]:
    """Return how a call makes a test depend on time."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    clocks = [name] if name in CLOCKS else []
    deadlines = [
        "deadline"
        for keyword in call.keywords
        if keyword.arg == "deadline"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
    ]
    return clocks + deadlines
