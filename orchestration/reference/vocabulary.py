"""The Chinese words for states, severities and outcomes, each defined once for all outputs.

Add a word here when the platform shows people a new state. Names of measures are in the metric
registry, names of columns in the contracts.
"""

from __future__ import annotations

from collections.abc import Sequence

#: States of a delivery.
STATES = {
    "missing": "未报送",
    "accepted": "已接收",
    "accepted_with_quarantine": "已接收，部分行隔离",
    "refused": "已退回",
}
#: A delivery that arrived and has not been judged yet, and one whose deadline is still ahead.
ARRIVED, NOT_DUE = "待审核", "待报送"


def owed_text(states: Sequence[str], late_count: int) -> str:
    """Return how many deliveries were owed, accepted, refused and missing, and how many were late.

    ``states`` has one state of STATES for each delivery that is owed.

    >>> owed_text(["accepted", "accepted_with_quarantine", "refused", "missing"], 1)
    '应报4份，已接收2份（其中1份有隔离的行），已退回1份，未报送1份；逾期1份'
    """
    partly = states.count("accepted_with_quarantine")
    return (
        f"应报{len(states)}份，{STATES['accepted']}{states.count('accepted') + partly}份"
        + (f"（其中{partly}份有隔离的行）" if partly else "")
        + f"，{STATES['refused']}{states.count('refused')}份"
        + f"，{STATES['missing']}{states.count('missing')}份"
        + (f"；逾期{late_count}份" if late_count else "")
    )


#: What becomes of a data row.
ROW_OUTCOMES = {"accepted": "采用", "quarantined": "隔离"}
#: What a row of a delivered file is if it is no data row.
ROW_ROLES = {
    "title": "标题",
    "header": "表头",
    "total": "合计",
    "blank": "空行",
    "footer": "表尾",
    "column_numbers": "栏次",
    "end_mark": "以下空白",
    "note": "表中说明",
}
#: What a failed rule does: reject the delivery, quarantine the row, or only inform.
SEVERITIES = {"refuse": "退回", "quarantine": "隔离", "warn": "提醒", "info": "提示"}
#: What a rule examines.
SCOPES = {
    "structure": "文件",
    "field": "单元格",
    "record": "同一行",
    "cross_record": "各行之间",
    "cross_delivery": "报表之间",
    "cross_month": "各月之间",
}
#: The outcome of a correction and of a waiver in a month.
CORRECTION_STATES = {"applied": "采用", "not_applied": "未采用", "stale": "失效"}
WAIVER_STATES = {"applied": "采用", "unused": "未用到"}
#: The word in a file name that marks a simulated delivery, and the name for its results.
SIMULATED = "模拟"
DEMONSTRATION = "演示数据"
#: The record key of findings on a district's figures as a whole.
WHOLE_DISTRICT = "本地区"
#: Kinds of metrics. Stocks, flows, years to date and differences add up over districts, the others
#: do not; a value of the measure that its row names is of that measure's kind.
METRIC_KINDS = {
    "stock": "期末存量",
    "flow": "本期发生",
    "year_to_date": "本年累计",
    "ratio": "比率",
    "rank": "排名",
    "difference": "差额",
    "average": "平均数",
    "as_measure": "随指标",
}
#: Outcomes of a rule; a rule that does not apply is never shown as passed.
OUTCOMES = {"pass": "通过", "fail": "未通过", "not_applicable": "不适用", "error": "出错"}
#: The title of verdicts on a district's month as a whole.
WHOLE_TITLE = "报送整体"
#: Reasons for revising a released figure: the codes of ``fangan release --reason``.
REVISION_REASONS = {
    "late_delivery": "迟报补报",
    "corrected_delivery": "更正报送",
    "office_correction": "机关更正或豁免",
    "method": "口径或方法变更",
    "platform_error": "平台差错",
    "scheduled": "定期修订",
}
#: Decisions on a release, and the resulting states of a vintage.
RELEASE_ACTIONS = {"release": "发布", "erratum": "勘误", "withdraw": "撤回", "unlock": "解锁"}
VINTAGE_STATES = {"provisional": "初步", "final": "正式", "withdrawn": "已撤回"}
#: Marks beside titles whose figures are not final, by the vintage's state.
VINTAGE_MARKS = {"provisional": "〔初步数据〕", "withdrawn": "〔已撤回〕"}
#: Marks for results of simulated deliveries, for mere examples, and for partial totals.
DEMONSTRATION_MARK, EXAMPLE_MARK, PARTIAL_MARK = f"〔{DEMONSTRATION}〕", "〔示例〕", "〔部分〕"
PRELIMINARY_MARK = "〔初步〕"
#: Shown in place of a figure that nobody delivered, and before an implausible one.
ABSENT, IN_DOUBT = "缺报", "待核实"
