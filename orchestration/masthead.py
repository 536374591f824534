"""What the office prints around an issue: its name and number, its publisher, who receives it.

``choices`` reads it from ``[masthead]`` of ``fangan.toml``. A release keeps what it printed, so
that it can be made again after the office changed its settings. Add a field here when the office
may word another part of the issue; texts of one month are the editors' (``raw/<month>``).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

#: The drafted sentences go below the table, or above it.
AFTER, BEFORE = "after", "before"
#: A release's own copy of its masthead, beside its manifest.
MASTHEAD = "masthead.json"
_TOKEN = re.compile(r"\{([^{}]*)\}")
_TOKENS = ("年", "月", "期")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Masthead:
    """Masthead and end matter; an empty text and zero copies are not printed.

    ``number`` is the issue's number, in which ``{年}`` and ``{月}`` stand for the month of the
    data and ``{期}`` counts months from ``first_month`` (``YYYY-MM``, number 1). ``reported_to``,
    ``sent_to`` and ``issued_to`` are 报、送、发.
    """

    name: str = "苏州市房屋使用安全数据统计"
    number: str = "{年}年第{月}期"
    first_month: str = ""
    publisher: str = ""
    contact: str = ""
    licence: str = ""
    reported_to: str = ""
    sent_to: str = ""
    issued_to: str = ""
    copies: int = 0
    sentences: str = AFTER

    def __post_init__(self) -> None:
        """Raise ValueError for a number that cannot be counted."""
        tokens = _TOKEN.findall(self.number)
        if unknown := [token for token in tokens if token not in _TOKENS]:
            raise ValueError(
                f"masthead.number 中的 {{{unknown[0]}}} 不可用，只能是 {{年}}、{{月}}、{{期}}。"
                "Use only these"
            )
        if "期" in tokens and not _MONTH.fullmatch(self.first_month):
            raise ValueError(
                f"masthead.first_month = {self.first_month!r}：总期数从哪个月算起？写成 2020-01。"
                "{期} needs the month of the first issue"
            )

    def number_of(self, year: int, month: int) -> str:
        """Return the number of the issue on a month's data; empty if none is printed.

        >>> Masthead().number_of(2022, 10)
        '2022年第10期'
        >>> Masthead(number="总第{期}期", first_month="2022-01").number_of(2022, 10)
        '总第10期'
        """
        first = _MONTH.fullmatch(self.first_month)
        count = (year - int(first[1])) * 12 + month - int(first[2]) + 1 if first else 0
        values = {"年": year, "月": month, "期": count}
        return _TOKEN.sub(lambda token: str(values[token[1]]), self.number)


#: What an office prints that has set nothing.
STANDARD_MASTHEAD = Masthead()


def masthead_bytes(masthead: Masthead) -> bytes:
    """Return a masthead as a release keeps it."""
    return json.dumps(asdict(masthead), ensure_ascii=False, indent=1, sort_keys=True).encode()


def kept_masthead(path: Path) -> Masthead:
    """Return the masthead that a release kept; the default for one made before there were any."""
    if not path.exists():
        return STANDARD_MASTHEAD
    return Masthead(**json.loads(path.read_text(encoding="utf-8")))
