"""Prints ``fangan status``: the month at a glance, or one district in detail.

It prints the records of ``delivery_status`` for a terminal of at least 80 characters.
"""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from orchestration.console.monthly.delivery_status import local_time
from orchestration.console.output import Record, conservation_line, print_line, print_narrow_table
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.deadlines import punctuality
from orchestration.reference.months import Month

_RULES_SHOWN, _FIELDS_SHOWN, _MONTHS_SHOWN = 3, 3, 12
_STATE_STYLES = {"missing": "yellow", "refused": "bold red"}


def show_month(month: Month, records: list[Record], failures: list[Record]) -> None:
    """Print what was delivered, how its rows add up, and what is redelivered, late or missing.

    ``failures`` are those of ``month_failures``.
    """
    always = {kind for kind, c in load_contracts().items() if c.shown_when_missing}
    shown = [r for r in records if r["state"] != "missing" or r["kind"] in always]
    print_narrow_table(
        f"{month.chinese} 报送情况（文件行数 ＝ 表头等 ＋ 采用 ＋ 隔离）",
        [_line(record) for record in shown],
        wrapping="未通过的规则",
    )
    _show_owed(records)
    _show_not_conserved(records)
    redelivered = [record for record in records if record["redelivery"]]
    if redelivered:
        click.echo("\n重新报送")
    for record in redelivered:
        print_line(f"{record['district_name']} {record['title']}：{_arrival(record)}", 2)
        for line in _changes(record, _FIELDS_SHOWN):
            print_line(line, 4)
    _show_month_failures(failures)
    if any(record["failed_rules"] or record["info_rules"] for record in records):
        click.echo(f"\n查看某个地区的详情：fangan status {month} 地区名")


def show_rates(months: list[Record]) -> None:
    """Print punctuality and completeness over the last months, and the next steps."""
    if not months:
        return
    states = vocabulary.VINTAGE_STATES
    click.echo()
    print_narrow_table(
        "各月及时率与完整率",
        [
            {
                "月份": month["month"],
                "截止": local_time(month["deadline"]),
                "应报": month["owed_count"],
                "已报": month["delivered_count"],
                vocabulary.STATES["accepted"]: month["accepted_count"],
                "及时率": _percent(month["on_time_rate"]),
                "完整率": _percent(month["completeness_rate"]),
                vocabulary.RELEASE_ACTIONS["release"]: states.get(month["release_state"], "未发布"),
            }
            for month in months[-_MONTHS_SHOWN:]
        ],
    )


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{100 * rate:.1f}%"


def _show_owed(records: list[Record]) -> None:
    """Print the states of everything owed, then what came late and what is missing, by kind."""
    late = [record for record in records if record["is_late"]]
    click.echo(vocabulary.owed_text([record["state"] for record in records], len(late)))
    for record in late:
        print_line(
            f"{record['district_name']} {record['title']}：{punctuality(record['days_late'])}", 2
        )
    owing: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for record in records:
        owing.setdefault(record["title"], []).append(record["district_name"])
        if record["state"] == "missing":
            missing.setdefault(record["title"], []).append(record["district_name"])
    for title, names in missing.items():
        districts = "各地区" if len(names) > 1 and names == owing[title] else "、".join(names)
        print_line(f"{vocabulary.STATES['missing']} {title}：{districts}", 2)


def _line(record: Record) -> Record:
    was_read = bool(record["row_count"])
    return {
        "地区": record["district_name"],
        "报表": record["title"],
        "状态": _state(record),
        "行数": record["row_count"] if was_read else None,
        "表头等": record["itemised_count"] if was_read else None,
        vocabulary.ROW_OUTCOMES["accepted"]: record["accepted_count"] if was_read else None,
        vocabulary.ROW_OUTCOMES["quarantined"]: record["quarantined_count"] if was_read else None,
        "": _mark(record),
        "未通过的规则": _rules(record["failed_rules"], record["info_rules"]),
    }


def _state(record: Record) -> Text:
    """Return the state up to its first comma; quarantined rows have a column of their own."""
    name = vocabulary.STATES[record["state"]].partition("，")[0]
    return Text(name, style=_STATE_STYLES.get(record["state"], ""))


def _mark(record: Record) -> Text:
    if not record["is_conserved"]:
        return Text("✗", style="bold red")
    return Text("✓" if record["row_count"] else "", style="green")


def _rules(failed: list[str], informational: list[str]) -> str:
    """Return the first failed rules; those for information only are in brackets."""
    rule_ids = [*failed, *(f"({rule_id})" for rule_id in informational)]
    shown = " ".join(rule_ids[:_RULES_SHOWN])
    return f"{shown} 等{len(rule_ids)}条" if len(rule_ids) > _RULES_SHOWN else shown


def _show_not_conserved(records: list[Record]) -> None:
    for record in records:
        if not record["is_conserved"]:
            line = conservation_line(record)
            click.echo(f"{record['district_name']} {record['title']}：{line}")


def _show_month_failures(failures: list[Record]) -> None:
    if failures:
        click.echo("\n整月报送未通过的规则")
    for failure in failures:
        print_line(f"{failure['district_name']}：{failure['rule_id']} {_message(failure)}", 2)


def _arrival(record: Record) -> str:
    """Return the current version, its time of arrival and how long the district took."""
    return (
        f"第 {record['version']} 版，{local_time(record['arrived_at'])} 送达，{_delay(record)}，"
        f"首次送达{punctuality(record['days_late'])}"
    )


def _delay(record: Record) -> str:
    former = f"第 {record['redelivery']['former_version']} 版"
    hours = record["redelivery"]["hours_since_judged"]
    return f"{former}未经审核" if hours is None else f"{former}审核后{duration(hours)}重新报送"


def duration(hours: float) -> str:
    """Return hours as days and hours, with spaces between numbers and Chinese text."""
    days, rest = divmod(int(hours), 24)
    if days:
        return f" {days} 天" + (f" {rest} 小时" if rest else "")
    return f" {rest} 小时" if rest else "不到 1 小时"


def _changes(record: Record, fields_shown: int) -> Iterator[str]:
    """Yield what the version changed from the one before, and what became of quarantined rows."""
    redelivery = record["redelivery"]
    before = f"与第 {redelivery['former_version']} 版"
    difference = redelivery["difference"]
    if difference is None:
        yield f"{before}无法比较：{redelivery['reason']}"
        return
    if redelivery["former_state"] == "refused":
        before += f"（{vocabulary.STATES['refused']}）"
    changed = difference["changed_count"]
    fields = list(difference["changed_by_field"].items())
    named = "、".join(f"{_header(record, f)} {n}" for f, n in fields[:fields_shown])
    more = f" 等 {len(fields)} 列" if len(fields) > fields_shown else ""
    added, removed = difference["added_count"], difference["removed_count"]
    yield (
        f"{before}相比：新增 {added} 行，删除 {removed} 行，修改 {changed} 行"
        + (f"（{named}{more}）" if named else "")
    )
    held = {
        "转为采用": difference["released_count"],
        "仍隔离": difference["kept_count"],
        "已不在文件中": difference["dropped_count"],
        "新隔离": difference["newly_quarantined_count"],
    }
    if any(held.values()):
        yield "隔离的行：" + "，".join(f"{change} {count}" for change, count in held.items())


def _header(record: Record, field: str) -> str:
    """Return the contract's header of a field; of a personal column only its state is stored."""
    column = load_contracts()[record["kind"]].column(field)
    return f"{column.header.split('/')[-1]}{'（填写状态）' if column.personal else ''}"


def show_district(month: Month, records: list[Record], failures: list[Record]) -> None:
    """Print each kind of one district: its rows, failed rules, versions and differences."""
    click.echo(f"{records[0]['district_name']} {month.chinese} 报送详情")
    for record in records:
        click.echo(f"\n■ {record['title']}：{vocabulary.STATES[record['state']]}")
        if record["row_count"] is not None:
            _show_counts(record)
        _show_failures(record["failures"])
        if record["redelivery"]:
            _show_redelivery(record)
        elif record["versions"] and record["row_count"] is None:
            _show_versions(record["versions"])
    _show_month_failures(failures)


def _show_counts(record: Record) -> None:
    print_line(record["file_name"], 2)
    as_at = f"数据截至 {record['as_at']}" if record["as_at"] else "没有截至日期"
    first = "首次送达" if record["version"] > 1 else ""
    print_line(
        f"第 {record['version']} 版，{local_time(record['arrived_at'])} 送达，"
        f"{first}{punctuality(record['days_late'])}；{as_at}",
        2,
    )
    was_read = record["row_count"] or not record["is_conserved"]
    print_line(conservation_line(record) if was_read else "文件没有读出任何行", 2)


def _show_failures(failures: list[Record]) -> None:
    if failures:
        click.echo()
        print_narrow_table(
            "未通过的规则",
            [
                {
                    "规则": failure["rule_id"],
                    "程度": vocabulary.SEVERITIES[failure["severity"]],
                    "处数": failure["failing_count"],
                    "首处": failure["first_cell"],
                    "要求与改法": _message(failure),
                }
                for failure in failures
            ],
            wrapping="要求与改法",
            indent=2,
        )


def _message(failure: Record) -> str:
    if failure["outcome"] == "error":
        return f"{vocabulary.OUTCOMES['error']}：{failure['reason']}"
    return f"{failure['message']}。改法：{failure['remedy']}"


def _show_redelivery(record: Record) -> None:
    _show_versions(record["versions"])
    click.echo()
    print_line(_delay(record), 2)
    for line in _changes(record, 0):
        print_line(line, 2)
    difference = record["redelivery"]["difference"]
    if difference and difference["changed_by_field"]:
        click.echo()
        print_narrow_table(
            "修改的列",
            [
                {"列": _header(record, field), "修改行数": count}
                for field, count in difference["changed_by_field"].items()
            ],
            indent=2,
        )


def _show_versions(versions: list[Record]) -> None:
    click.echo()
    print_narrow_table(
        "各版本",
        [
            {
                "版": version["version"],
                "送达": local_time(version["arrived_at"]),
                "状态": _version_state(version),
                vocabulary.ROW_OUTCOMES["accepted"]: version["accepted_count"],
                vocabulary.ROW_OUTCOMES["quarantined"]: version["quarantined_count"],
                "文件": version["file_name"],
            }
            for version in versions
        ],
        wrapping="文件",
        indent=2,
    )


def _version_state(version: Record) -> str:
    state = version["state"]
    if version["withdrawn_at"]:
        return vocabulary.VINTAGE_STATES["withdrawn"]
    return vocabulary.STATES[state].partition("，")[0] if state else "未审核"
