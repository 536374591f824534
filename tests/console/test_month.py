"""What ``fangan month`` says below its table."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from deliver import OCTOBER

from orchestration.console.monthly.month import MonthResult, show
from orchestration.publication.issue import pdf


def result(files: list[Path]) -> MonthResult:
    return MonthResult(
        rows=[],
        finding_count=0,
        corrections={},
        waivers={},
        is_simulated=False,
        missing=[],
        files=files,
        differences=None,
        text_problems=[],
    )


def test_a_missing_font_is_named_with_what_it_costs(capsys: pytest.CaptureFixture[str]) -> None:
    pdf.chinese_family.cache_clear()
    with patch.object(pdf, "FAMILIES", ()):
        show(OCTOBER, result([Path("bulletin.html")]))
    pdf.chinese_family.cache_clear()
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if "bulletin.pdf" in line]
    assert line.startswith("没有中文字体，不能生成 bulletin.pdf")
    assert "apt-get install fonts-noto-cjk" in line
    assert "pip install pylopdf-fonts-zh-cn" in line


def test_nothing_is_said_of_a_pdf_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    show(OCTOBER, result([Path("bulletin.pdf")]))
    assert "没有" not in capsys.readouterr().out
