"""``退回说明.docx``: the covering note of a return package, in the form of an official letter.

One or two pages for the clerk's superior: what was delivered, its state, what to correct first
and by when. The single findings are in the issue list.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from orchestration.formats.plain_text import printable_text
from orchestration.reference.deadlines import punctuality, suzhou_clock
from orchestration.reference.months import Month, chinese_date
from orchestration.reference.vocabulary import (
    DEMONSTRATION,
    ROW_OUTCOMES,
    SEVERITIES,
    STATES,
    owed_text,
)
from orchestration.returns.copies import Copy
from orchestration.returns.findings import Delivery, rule_of
from orchestration.returns.issue_list import ISSUE_LIST_NAME
from orchestration.returns.letter import Letter
from orchestration.returns.wording import (
    SEVERITY_MEANINGS,
    STRENGTH,
    deadline_sentence,
    is_demonstration,
)

NOTE_NAME = "退回说明.docx"
_RULES_SHOWN = 10


def write_note(
    path: Path,
    subject: str,
    month: Month,
    deliveries: list[Delivery],
    copies: dict[str, list[Copy]],
    *,
    addressee: str,
    sender: str,
) -> None:
    """Write the note; ``subject`` is district and month, ``copies`` are the returned files.

    ``addressee`` is the district, ``sender`` the office, empty if it has not set its name. The
    note bears the day on which the last file arrived, so that the same ledger gives the same note.
    """
    is_marked = is_demonstration([delivery.file_name for delivery in deliveries])
    letter = Letter(f"{subject}报送数据退回说明", DEMONSTRATION if is_marked else "")
    letter.addressee(f"{addressee}住房城乡建设主管部门：")
    _summarise(letter, subject, deliveries)
    _list_states(letter, deliveries)
    _list_severities(letter, deliveries)
    _list_rules(letter, deliveries)
    _list_files(letter, deliveries, copies)
    _advise(letter, month, deliveries, [copy for files in copies.values() for copy in files])
    letter.signature(sender, _dated(deliveries))
    letter.save(path)


def _dated(deliveries: list[Delivery]) -> str:
    """Return the day of the last arrival; a line to fill in if nothing arrived."""
    arrived = [delivery.arrival.arrived_at for delivery in deliveries if delivery.arrival]
    if not arrived:
        return "　　　年　　月　　日"
    return chinese_date(suzhou_clock(datetime.fromisoformat(max(arrived))).date())


def _summarise(letter: Letter, subject: str, deliveries: list[Delivery]) -> None:
    total = sum(delivery.findings.num_rows for delivery in deliveries)
    refused = [d.title for d in deliveries if d.judgement.state == "refused"]
    quarantined = sum(d.judgement.quarantined_count or 0 for d in deliveries)
    sentences = [f"经审核，{subject}报送的数据共发现问题{total}项"]
    if refused:
        sentences.append(f"{'、'.join(refused)}整份退回")
    if quarantined:
        sentences.append(f"{quarantined}行未计入统计")
    letter.paragraph("，".join(sentences) + "。现将问题退回，请改正后重新报送。")


def _list_states(letter: Letter, deliveries: list[Delivery]) -> None:
    letter.heading("一、报送情况")
    owed = [delivery for delivery in deliveries if not delivery.is_whole]
    late = [delivery for delivery in owed if (delivery.days_late or 0) > 0]
    letter.paragraph(owed_text([d.judgement.state for d in owed], len(late)) + "。")
    rows = []
    for delivery in owed:
        judgement = delivery.judgement
        counts = (judgement.row_count, judgement.accepted_count, judgement.quarantined_count)
        rows.append(
            (
                delivery.title,
                delivery.file_name or "—",
                str(delivery.arrival.version) if delivery.arrival else "—",
                STATES[judgement.state],
                *("—" if count is None else str(count) for count in counts),
            )
        )
    letter.table(
        ("报表", "文件", "版本", "状态", "行数", *ROW_OUTCOMES.values()),
        rows,
        widths=(3.2, 4.6, 1.2, 3.0, 1.4, 1.4, 1.4),
    )
    if late:
        delays = "，".join(f"{d.title}{punctuality(d.days_late)}" for d in late)
        letter.paragraph(f"按首次送达时间，{delays}。")


def _list_severities(letter: Letter, deliveries: list[Delivery]) -> None:
    letter.heading("二、问题数量")
    counts = sum((delivery.count_by_severity for delivery in deliveries), Counter[str]())
    letter.table(
        ("程度", "含义", "项数"),
        [
            (name, SEVERITY_MEANINGS[severity], str(counts[severity]))
            for severity, name in SEVERITIES.items()
            if counts[severity]
        ],
        widths=(2.2, 11.8, 2.2),
    )


def _list_rules(letter: Letter, deliveries: list[Delivery]) -> None:
    """List the failed rules, by severity and then by number of findings."""
    broken = [
        (rule_of(delivery.judgement, rule_id), delivery.title, count)
        for delivery in deliveries
        for rule_id, count in delivery.count_by_rule.items()
    ]
    broken.sort(key=lambda line: (-STRENGTH[line[0].severity], -line[2], line[1], line[0].id))
    shown = broken[:_RULES_SHOWN]
    letter.heading("三、主要问题和改法")
    letter.table(
        ("规则", "报表", "要求", "程度", "项数", "改法"),
        [
            (rule.id, title, rule.sentence, SEVERITIES[rule.severity], str(count), rule.remedy)
            for rule, title, count in shown
        ],
        widths=(1.7, 2.6, 4.6, 1.3, 1.3, 4.7),
    )
    if len(broken) > len(shown):
        letter.paragraph(f"另有{len(broken) - len(shown)}条规则未通过，见问题清单。")


def _list_files(letter: Letter, deliveries: list[Delivery], copies: dict[str, list[Copy]]) -> None:
    letter.heading("四、退回的文件")
    letter.item(f"{ISSUE_LIST_NAME}：全部问题，逐项列出文件、工作表、单元格、问题和改法。")
    for delivery in deliveries:
        files = copies.get(delivery.kind, [])
        for copy in files:
            letter.item(f"{printable_text(copy.name)}：{_description(copy)}")
        if not files and delivery.arrival is not None and delivery.findings.num_rows:
            letter.item(f"{delivery.title}：没有可以标注的数据行，问题只列入问题清单。")
    if copies:
        letter.paragraph("退回的文件含有本地区报送的个人信息，只供本地区改正数据使用，请勿外传。")


def _description(copy: Copy) -> str:
    if copy.is_whole:
        return "所报工作簿的副本，有问题的单元格已填色并加批注，可在其中改正后报送。"
    return "只含有问题的行和源文件行号，供对照原文件改正，不能用来报送。"


def _advise(letter: Letter, month: Month, deliveries: list[Delivery], copies: list[Copy]) -> None:
    letter.heading("五、请办理的事项")
    letter.item("先改正退回和隔离的问题，再核对提醒的问题；确属实情的，在备注或说明栏写明。")
    if any(copy.is_whole for copy in copies):
        letter.item(
            "在副本中改正后，用 Excel 或 WPS 保存再报送，批注和填色不必删除；"
            "副本不含图片、图表和宏，公式在打开时重新计算。"
        )
    letter.item("重新报送整份报表，不要只报送改动的行；文件名仍须写明报表名称。")
    if any(delivery.is_in_parts for delivery in deliveries):
        letter.item(
            "分部分报送的，只替换改动的部分即可，其余部分留在原处；"
            "文件名中的“第几部分共几”不要改动。"
        )
    letter.item(deadline_sentence(month))
