"""Causes in ``raw``: what lies where no run takes it up, and what was taken up and is gone.

What counts as such is in ``operations.unplaced``. What only waits for its month needs nobody.
"""

from __future__ import annotations

from datetime import datetime

from orchestration.messages.causes import Cause
from orchestration.operations.unplaced import Unplaced, unplaced
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

KEYS = ("unplaced/",)
_WHAT = {
    "missing_raw": "报送文件夹不存在或未挂载",
    "empty_raw": "报送文件夹是空的",
    "month_name": "文件夹名不是月份",
    "district_name": "文件夹名不是地区代码",
    "no_folder": "文件没有放进地区文件夹",
    "removed": "已收取的文件被移走",
}
#: What concerns the machine's folders and not what a clerk laid there.
_OF_THE_MACHINE = ("missing_raw", "empty_raw")


def placing_causes(settings: Settings, ledger: Ledger, now: datetime) -> list[Cause]:
    """Return one cause for everything that lies wrongly; paths are masked.

    A folder that may not be read is a cause, too, and stops no other look.
    """
    try:
        return [_cause(one) for one in unplaced(settings, ledger, now) if one.fault in _WHAT]
    except OSError as error:
        return [
            Cause(
                key="unplaced/unreadable",
                subject="【报送】报送文件夹读不了",
                first_line="请检查权限和挂载（FANGAN_RAW）。Deliveries cannot be read.",
                body=f"{type(error).__name__}: errno {error.errno}, below {settings.raw}",
                severity="error",
                audience="engineers",
            )
        ]


def _cause(one: Unplaced) -> Cause:
    is_of_the_machine = one.fault in _OF_THE_MACHINE
    rename = f"请改名为 {one.right}。" if one.right else "请核对后移到正确的位置。"
    return Cause(
        key=f"unplaced/{one.fault}/{one.path}",
        subject=f"【报送】{_WHAT[one.fault]}：{one.path}",
        first_line="请检查挂载和 FANGAN_RAW。" if is_of_the_machine else rename,
        body=one.message,
        severity="error" if is_of_the_machine else "warning",
        audience="engineers" if is_of_the_machine else "office",
    )
