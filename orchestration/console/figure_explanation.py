"""``fangan explain``: prints how a figure was computed.

The explanation is made in ``publication.explain``.
"""

from __future__ import annotations

import click

from orchestration.console.output import Record, print_line, print_table
from orchestration.publication.explain.explanation import CannotExplainError, explain
from orchestration.reference import vocabulary
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

_ROWS_SHOWN = 20
_BASES = {"ledger": "台账", "reported": "月报", "mixed": "台账和月报", "missing": "缺"}


def explain_figure(
    settings: Settings, month: Month, district_id: str, measure: str, vintage: int | None
) -> Record:
    """Return the explanation of a figure; raise click.UsageError if there is no such figure."""
    try:
        return explain(settings, Ledger(settings.ledger), month, district_id, measure, vintage)
    except CannotExplainError as error:
        raise click.UsageError(str(error)) from error


def show(figure: Record) -> None:
    """Print a figure's definition, vintages, rows and decisions."""
    click.echo(f"{figure['month']} {figure['district_name']} 第 {figure['vintage']} 版")
    click.echo(f"{figure['chinese_name']}（{figure['measure']}，{figure['unit']}）")
    print_line(f"定义：{figure['definition']}", 2)
    print_line(f"算法：{figure['formula']}", 2)
    if "components" in figure:
        print_table("由以下各项算得", figure["components"], missing="—")
        return
    click.echo(f"数值：{_shown(figure['value'])}，依据：{_BASES[figure['basis']]}")
    print_table("各版数值", [_version(value) for value in figure["values"]], missing="—")
    if "districts" in figure:
        rows = [
            {"地区": d["district_name"], "数值": d["value"], "依据": _BASES[d["basis"]]}
            for d in figure["districts"]
        ]
        print_table("各地区", rows, missing="—")
    else:
        _show_rows(figure)
    if not figure["adds_up"]:
        click.echo("各行相加与数值不符，是平台的错误。The rows do not add up to the figure.")


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


def _version(value: Record) -> Record:
    return {
        "版次": value["vintage"],
        "状态": vocabulary.VINTAGE_STATES.get(value["status"], "最近一次运行"),
        "数值": value["value"],
        "修订原因": value.get("reason_code"),
    }


def _show_rows(figure: Record) -> None:
    delivery = figure["delivery"]
    if delivery and delivery["version"]:
        click.echo(
            f"报送：{delivery['file_name']} 第 {delivery['version']} 次，{delivery['sha256']}"
        )
    rows = [_row(row) | {"计入": row["contribution"]} for row in figure["rows"][:_ROWS_SHOWN]]
    print_table(_title("计入的行", figure["row_count"]), rows)
    if figure["not_counted"]:
        left_out = [_row(r) | {"规则": r["rule_ids"]} for r in figure["not_counted"][:_ROWS_SHOWN]]
        print_table(_title("隔离而未计入的行", len(figure["not_counted"])), left_out)
    for name, decisions, states in (
        ("更正", figure["corrections"], vocabulary.CORRECTION_STATES),
        ("豁免", figure["waivers"], vocabulary.WAIVER_STATES),
    ):
        for decision in decisions:
            field = decision.get("field") or decision["rule_id"]
            state = states[decision["status"]]
            click.echo(f"{name} {decision['record_key']} {field}：{decision['reason']}（{state}）")


def _row(row: Record) -> Record:
    return {"文件": row["file"], "工作表": row["sheet"], "行": row["row"], "编号": row["key"]}


def _title(name: str, count: int) -> str:
    return f"{name} {count} 行" + (f"，显示前 {_ROWS_SHOWN} 行" if count > _ROWS_SHOWN else "")
