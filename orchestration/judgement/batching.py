"""Judging several deliveries side by side, so that what they ask at one step is asked at once.

A judgement is a generator: it yields an inquiry, is sent the decisions and goes on. Nothing here
knows what is judged; what an inquiry means is ``expectations.suites``'.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TypeAlias, TypeVar

from expectations.suites import Decision, Inquiry, decide

T = TypeVar("T")
#: Work that puts its inquiries one after another and returns a ``T``.
Asking: TypeAlias = Generator[Inquiry, list[Decision], T]
#: So many rows may lie in memory as frames at once: all of a district, one register of the city.
MAX_ROWS = 300_000


def ask_in_groups(works: Iterable[tuple[int, Asking[T]]]) -> list[T]:
    """Carry works on, one group together after the other; each comes with its number of rows.

    A group has at most ``MAX_ROWS`` rows; a larger work is carried on by itself.
    """
    done: list[T] = []
    together: list[Asking[T]] = []
    rows = 0
    for row_count, work in works:
        if together and rows + row_count > MAX_ROWS:
            done += ask_together(together)
            together, rows = [], 0
        together.append(work)
        rows += row_count
    return done + ask_together(together)


def ask_together(works: Sequence[Asking[T]]) -> list[T]:
    """Carry the works on step by step and return what each returns, in their order.

    One step of all of them is one validation: an expectation costs Great Expectations
    milliseconds whether it looks at one delivery or at five. Raises what a work raises.
    """
    returned: dict[int, T] = {}
    answers: dict[int, list[Decision]] = {}
    while len(returned) < len(works):
        asked: dict[int, Inquiry] = {}
        for number, work in enumerate(works):
            if number in returned:
                continue
            try:
                asked[number] = work.send(answers[number]) if number in answers else next(work)
            except StopIteration as stop:
                returned[number] = stop.value
        answers = dict(zip(asked, decide(list(asked.values())), strict=True))
    return [returned[number] for number in range(len(works))]
