"""``fangan review``: exports the queue of undecided matches, and imports the clerks' answers.

The workbook is in ``returns.match_review``, the pairs come from ``matching.review``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from orchestration.console.output import Record
from orchestration.matching.review import matched_pairs, open_pairs, sampled_pairs
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_in
from orchestration.reference.kinds import BUILDING_CODES
from orchestration.reference.months import Month
from orchestration.returns.match_review import (
    Answer,
    Filled,
    ReviewFinding,
    read_review,
    write_review,
)
from orchestration.returns.wording import is_demonstration
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import SAME, MatchDecision, MatchDecisions


def export(
    settings: Settings,
    month: Month,
    district_id: str | None,
    out: Path | None,
    *,
    sample_count: int | None = None,
    seed: int = 0,
) -> Record:
    """Write the workbook of a month's open pairs (default: in the current folder).

    With a ``sample_count`` it has a random sample of the automatic matches instead. Raises
    click.ClickException for a month that was not matched.
    """
    if sample_count is None:
        pairs = open_pairs(settings, month, district_id)
    else:
        pairs = sampled_pairs(settings, month, district_id, sample_count, seed)
    if pairs is None:
        raise click.ClickException(
            f"{month.chinese}没有匹配结果：须先报送并采用一房一码库和公安数字门牌"
            f"（fangan month {month}）"
        )
    place = district_in(district_id, month).district_name if district_id else ""
    name = "匹配复核表" if sample_count is None else "匹配质量抽样复核表"
    path = out or Path(f"{name}{month.chinese}{place}.xlsx")
    arrivals = Ledger(settings.ledger).arrivals(month)
    names = [a.file_name for a in arrivals.values() if a.kind == BUILDING_CODES]
    write_review(path, month, pairs, is_simulated=is_demonstration(names))
    return {"month": str(month), "pair_count": len(pairs), "file": str(path)}


def import_answers(settings: Settings, path: Path) -> Record:
    """Record the answers of a filled-in workbook; return the counts and the findings.

    An answer that is malformed, unknown, duplicate or contradictory becomes a finding and is not
    recorded; all other answers are.
    """
    filled = read_review(path, settings.scratch)
    store = MatchDecisions(settings.ledger)
    refused = dict(_refusals(settings, filled, store.latest()))
    valid = [answer.decision for answer in filled.answers if answer.row_number not in refused]
    findings = [*filled.findings, *refused.values()]
    return {
        "file": str(path),
        "answered_count": len(filled.answers),
        "unanswered_count": filled.unanswered_count,
        "recorded_count": store.record(valid),
        "findings": [vars(finding) for finding in findings],
    }


def _refusals(
    settings: Settings, filled: Filled, latest: dict[tuple[str, str], MatchDecision]
) -> Iterable[tuple[int, ReviewFinding]]:
    """Yield the rows that cannot be recorded, each with its finding."""
    by_pair, same_by_code = defaultdict(list), defaultdict(set)
    for answer in filled.answers:
        by_pair[_pair(answer)].append(answer)
        if answer.decision.verdict == SAME:
            same_by_code[answer.decision.building_code].add(answer.decision.doorplate_code)
    today = datetime.now(SUZHOU).date().isoformat()
    known = _known_pairs(settings, filled.answers)
    for answer in filled.answers:
        decision, twins = answer.decision, by_pair[_pair(answer)]
        former = latest.get(_pair(answer))
        if _pair(answer) not in known and former is None:
            problem = "building_code", "这一对编码和门牌不在复核范围内", "请用导出的复核表填写"
        elif len({twin.decision.verdict for twin in twins}) > 1:
            problem = "verdict", "同一对编码和门牌的结论互相矛盾", "请只保留一行，或改为一致"
        elif len(twins) > 1 and answer is not twins[0]:
            problem = "building_code", "同一对编码和门牌重复", "请删除重复的行"
        elif decision.verdict == SAME and len(same_by_code[decision.building_code]) > 1:
            problem = (
                "verdict",
                "同一编码与多块门牌都判为相同",
                "一个编码只能与一块门牌相同，请核对",
            )
        elif decision.decided_on > today:
            problem = "reviewed_on", "复核日期在今天之后", "请核对复核日期"
        elif (
            former is not None
            and former.verdict != decision.verdict
            and former.decided_on > decision.decided_on
        ):
            problem = "verdict", "与已记录的较晚结论矛盾", "请核对；确需更改的，填写今天的复核日期"
        else:
            continue
        yield answer.row_number, filled.finding(answer.row_number, *problem)


def _pair(answer: Answer) -> tuple[str, str]:
    return answer.decision.building_code, answer.decision.doorplate_code


def _known_pairs(settings: Settings, answers: list[Answer]) -> set[tuple[str, str]]:
    """Return the pairs that may be answered: open ones, and automatic matches."""
    codes = defaultdict(set)
    for answer in answers:
        codes[answer.month].add(answer.decision.building_code)
    known = {
        (pair.building_code, pair.doorplate_code)
        for month in codes
        for pair in open_pairs(settings, month, None) or ()
    }
    return known.union(*(matched_pairs(settings, month, named) for month, named in codes.items()))


def show(record: Record) -> None:
    """Print the findings with their cells, and the counts."""
    for finding in record["findings"]:
        place = f"工作表“{finding['sheet']}” {finding['cell']}".rstrip()
        click.echo(f"{place}：{finding['message']}。{finding['remedy']}。")
    click.echo(
        f"已复核 {record['answered_count']} 行，新记录 {record['recorded_count']} 条结论，"
        f"未复核 {record['unanswered_count']} 行，问题 {len(record['findings'])} 处"
    )
