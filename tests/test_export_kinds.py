"""A new kind, column, rule or district is data, as the how-tos say: no Python knows it by name."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, folder
from fenced import all_blocks, blocks

from orchestration.reference import kinds
from orchestration.reference.contracts import load_contracts
from orchestration.settings import PROJECT_ROOT, Settings

#: The named constants, and the look-up's public answers, whose types are literals.
NAMED_IN = {"orchestration/reference/kinds.py", "orchestration/lookup/answers.py"}
HOW_TOS = [
    PROJECT_ROOT / "docs" / "how-to" / f"new-{what}.md"
    for what in ("kind", "rule", "column", "district")
]
APPENDED = "at the end of "
JUDGE = """
import json
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.months import Month
from orchestration.settings import load_settings
from orchestration.store.ledger import Ledger

settings = load_settings().prepare()
with ReaderPool() as readers:
    ledger, month = Ledger(settings.ledger), Month(2022, 10)
    judged = judge_district_month(settings, ledger, readers.read, month, "gusu")
[own] = [each for each in judged.judgements if each.kind == "lifts"]
print(json.dumps({
    "state": own.state,
    "accepted": own.files["accepted"].path,
    "failed": {v.rule_id: v.failing_count for v in own.verdicts if v.outcome == "fail"},
}))
"""


#: Runs commands one after the other in one process; prints their exit codes at the end.
COMMANDS = """
import json, sys
from orchestration.cli import cli

codes = [cli.main(words, standalone_mode=False) for words in json.loads(sys.argv[1])]
print(json.dumps(codes))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to which the how-tos have added what they show, as they show it."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("orchestration", "expectations"):
        shutil.copytree(PROJECT_ROOT / name, copy / name)
    shutil.copy(PROJECT_ROOT / "pyproject.toml", copy)
    for name in ("macros", "models/exports", "seeds"):
        shutil.copytree(PROJECT_ROOT / "dbt_project" / name, copy / "dbt_project" / name)
    for block in (block for page in HOW_TOS for block in all_blocks(page) if block.title):
        file = copy / block.title.removeprefix(APPENDED)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if block.title.startswith(APPENDED) else "x", encoding="utf-8") as out:
            out.write(block.text)
    return copy


def test_a_ninth_kind_is_read_judged_and_kept(project: Path, settings: Settings) -> None:
    rows = [f"DT{number},姑苏区,2019/{number % 12 + 1}/3,2022-10-31" for number in range(200)]
    rows += [",姑苏区,2020/1/2,2022-10-31", "DT900,姑苏区,去年,2022-10-31"]
    header = "电梯编号,地区,装机日期,截至日期"
    delivery = folder(settings.raw, "gusu", OCTOBER) / "电梯台账.csv"
    delivery.write_text("\r\n".join([header, *rows, ""]), encoding="utf-8")
    judged = run(project, JUDGE)
    assert judged.returncode == 0, judged.stderr
    judgement = json.loads(judged.stdout)
    assert judgement["state"] == "accepted_with_quarantine"
    assert judgement["failed"] == {"LT-101": 1, "LT-102": 1}
    kept = pq.read_table(settings.home / judgement["accepted"], columns=["lift_id"])
    assert kept["lift_id"].to_pylist() == [*(f"DT{n}" for n in range(200)), "DT900"]


def test_a_new_column_rule_and_district_hold_in_what_the_how_tos_type(
    project: Path, tmp_path: Path
) -> None:
    delivery = tmp_path / "2023-01" / "320577" / "monthly_report.csv"
    delivery.parent.mkdir(parents=True)
    header = "地区,已排查幢数,已排查面积(万平方),投诉举报,巡查发现,核实违法拆改,处理完成,学校幢数"
    lines = ["截至2023年1月31日", header, "新城区,1000,150,501,8,30,31,12", ""]
    delivery.write_text("\n".join(lines), encoding="utf-8")
    lifts = project / "raw" / "2022-10" / "320508" / "电梯台账.csv"
    lifts.parent.mkdir(parents=True)
    lifts.write_text("电梯编号,地区,安装日期,截至日期\nDT1,姑苏区,2019-03-03,2022-10-31\n", "utf-8")
    typed = [
        [str(delivery) if word == "FILE" else word for word in shlex.split(line)[2:]]
        for page in HOW_TOS
        for block in blocks(page, "console")
        for line in block.lines
    ]
    ran = run(project, COMMANDS, json.dumps([*typed, ["check", str(delivery), "--json"]]))
    assert ran.returncode == 0, ran.stderr
    *printed, codes = ran.stdout.splitlines()
    assert set(json.loads(codes)) == {0, 1}, codes
    [record] = json.loads("\n".join(printed[printed.index("[") :]))
    assert record["failed_rules"] == ["MR-190"], record


def run(project: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code on the copy of the project."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_kinds_are_named_in_few_places() -> None:
    named = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for room in ("orchestration", "expectations")
        for path in (PROJECT_ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in load_contracts()
    }
    assert named == NAMED_IN


def test_every_named_kind_has_a_contract() -> None:
    names = {name: value for name, value in vars(kinds).items() if name.isupper()}
    assert set(names.values()) == set(load_contracts())
    assert all(name == kind.upper() for name, kind in names.items())
