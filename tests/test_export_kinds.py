"""A new export kind is a contract, a rule file and models: no Python knows it by name."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, folder

from expectations.rule_files import RULES_DIR
from orchestration.reference import kinds
from orchestration.reference.contracts import load_contracts
from orchestration.settings import CONTRACTS_DIR, PROJECT_ROOT, Settings

#: The named constants, and the look-up's public answers, whose types are literals.
NAMED_IN = {"orchestration/reference/kinds.py", "orchestration/lookup/answers.py"}
CONTRACT = """
version: 2
sources:
  - name: exports
    schema: exports
    tables:
      - name: lifts
        description: 电梯台账。One row per lift.
        config:
          meta:
            title: 电梯台账
            delivered_by: district
            file_words: [电梯台账]
            key: [lift_id]
            district_column: district
            history_months: 3
            since: 2022-01
        columns:
          - name: lift_id
            description: 电梯编号
            config: {meta: {header: 电梯编号, type: identifier, pattern: "DT[0-9]+"}}
          - name: district
            description: 地区
            config: {meta: {header: 地区, type: text, privacy: public}}
          - name: installed_on
            description: 安装日期
            config: {meta: {header: 安装日期, synonyms: [装机日期], type: date}}
          - name: as_at
            description: 截至日期
            config: {meta: {header: 截至日期, type: date, optional: true}}
"""
RULES = """
kind: lifts
rules:
  - id: LT-101
    scope: field
    sentence: 电梯编号、地区不能为空
    dimension: 完整性
    severity: quarantine
    missing: fail
    remedy: 补填该单元格
    since: 2022-01
    test: {check: filled, columns: [lift_id, district]}
  - id: LT-102
    scope: field
    sentence: 安装日期须是日期
    dimension: 规范性
    severity: warn
    remedy: 核对原始日期
    since: 2022-01
    test: {check: typed, columns: [installed_on]}
"""
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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with a ninth kind: one contract and one rule file more."""
    copy = tmp_path / "project"
    for name in ("orchestration", "expectations"):
        shutil.copytree(PROJECT_ROOT / name, copy / name)
    for name in ("macros", "models/exports", "seeds"):
        shutil.copytree(PROJECT_ROOT / "dbt_project" / name, copy / "dbt_project" / name)
    for where, content in ((CONTRACTS_DIR, CONTRACT), (RULES_DIR, RULES)):
        own = copy / where.relative_to(PROJECT_ROOT) / "lifts.yml"
        own.write_text(content, encoding="utf-8")
    return copy


def test_a_ninth_kind_is_read_judged_and_kept(project: Path, settings: Settings) -> None:
    rows = [f"DT{number},姑苏区,2019/{number % 12 + 1}/3,2022-10-31" for number in range(200)]
    rows += [",姑苏区,2020/1/2,2022-10-31", "DT900,姑苏区,去年,2022-10-31"]
    header = "电梯编号,地区,装机日期,截至日期"
    delivery = folder(settings.raw, "gusu", OCTOBER) / "电梯台账.csv"
    delivery.write_text("\r\n".join([header, *rows, ""]), encoding="utf-8")
    judged = subprocess.run(
        [sys.executable, "-c", JUDGE],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stderr
    judgement = json.loads(judged.stdout)
    assert judgement["state"] == "accepted_with_quarantine"
    assert judgement["failed"] == {"LT-101": 1, "LT-102": 1}
    kept = pq.read_table(settings.home / judgement["accepted"], columns=["lift_id"])
    assert kept["lift_id"].to_pylist() == [*(f"DT{n}" for n in range(200)), "DT900"]


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
