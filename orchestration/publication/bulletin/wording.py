"""The bulletin's sentences and Chinese names, made from unrounded figures.

Add here every sentence that workbook and page both show, so that they cannot disagree. They
decide where a sentence appears and what it looks like. Names of measures are in the metric
registry, names of states in ``vocabulary``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from expectations.rule_files import DELIVERY
from orchestration.publication.bulletin.rows import (
    Basis,
    Correction,
    Delivery,
    DistrictFigures,
    Waiver,
)
from orchestration.publication.bulletin.sentences import DateText, Sentence, table_figure, without
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.measures import MEASURED, REPORT
from orchestration.reference.metrics import prose_names
from orchestration.reference.months import Month, chinese_date

UNITS = "幢、万平方米、起"
MISSING = "—"
#: Decisions listed one by one; the published file has all of them.
MAX_DECISIONS_SHOWN = 50


def title_phrases(month: Month) -> tuple[str, ...]:
    """Return the bulletin's title as the bureau prints it, divided where a line may break."""
    return (
        f"{month.chinese}苏州市",
        "房屋使用安全",
        "信息管理平台",
        "排查上报数据及",
        "违法拆改行为",
        "处理情况统计",
    )


def headline(month: Month, city: DistrictFigures, districts: Sequence[DistrictFigures]) -> Sentence:
    """Return the sentence above the table, rounded half-up from the unrounded city figures."""
    until = DateText(f"{month.number}月", month.last_day)
    surveyed = survey_totals(city)
    if surveyed is None:
        return Sentence("截至", until, "，尚无地区报送可用的既有建筑排查数据，具体情况如下：")
    count, area = surveyed
    left_out = [row.district_name for row in districts if row.survey_basis == "missing"]
    return Sentence(
        *("截至", until, "，苏州市既有建筑已排查"),
        table_figure("surveyed_building_count", f"{count}万幢"),
        f"、{prose_names('surveyed_floor_area_m2')[0]}",
        table_figure("surveyed_floor_area_m2", f"{area}亿平方米"),
        f"{without(left_out)}，具体数字如下：",
    )


def survey_totals(city: DistrictFigures) -> tuple[Decimal, Decimal] | None:
    """Return the city's surveyed 万幢 and 亿㎡, each half-up to two decimals; None if missing."""
    count, area = city.surveyed_building_count, city.surveyed_floor_area_m2
    if count is None or area is None:
        return None
    return _rounded(Decimal(count) / 10**4), _rounded(area / 10**8)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def marks(status: str, is_simulated: bool) -> tuple[str, ...]:
    """Return the marks that must appear wherever the figures do."""
    simulated = (vocabulary.DEMONSTRATION_MARK,) if is_simulated else ()
    return (*simulated, *filter(None, [vocabulary.VINTAGE_MARKS.get(status)]))


def vintage_name(number: int) -> str:
    """Return a vintage as readers know it; number 0 is no release.

    >>> vintage_name(0), vintage_name(2)
    ('尚未发布', '第2版')
    """
    return f"第{number}版" if number else "尚未发布"


def row_name(row: DistrictFigures) -> str:
    """Return the row's name in the table; the city is its 合计."""
    if not row.is_city:
        return row.district_name
    return f"合计{vocabulary.PARTIAL_MARK}" if row.is_partial else "合计"


def printed_value(value: int | Decimal | None) -> str:
    """Format a figure as the table prints it: areas with two decimals, no separators."""
    if value is None:
        return MISSING
    return f"{_rounded(value)}" if isinstance(value, Decimal) else str(value)


def reconciled_value(value: Decimal, measure: str, *, is_signed: bool = False) -> str:
    """Format a value of the reconciliation: whole counts, areas with two decimals."""
    number: int | Decimal = int(value) if measure.endswith("_count") else _rounded(value)
    return f"{number:+}" if is_signed else f"{number}"


def kind_name(kind: str) -> str:
    """Return the Chinese title of an export kind, or its id if it no longer has a contract."""
    if kind == DELIVERY:
        return vocabulary.WHOLE_TITLE
    return contract.title if (contract := load_contracts().get(kind)) else kind


def share_text(numerator: int, denominator: int) -> str:
    """Format a share in percent with two decimals, half-up; 0% and 100% only if exact.

    >>> share_text(99_999, 100_000), share_text(3, 3), share_text(0, 3)
    ('99.99%', '100%', '0%')
    """
    if numerator in (0, denominator):
        return "100%" if numerator else "0%"
    percent = max(_rounded(Decimal(numerator) * 100 / denominator), Decimal("0.01"))
    return f"{min(percent, Decimal('99.99')) if numerator < denominator else percent}%"


def percent_text(share: Decimal) -> str:
    """Format an estimated share in percent with two decimals, half-up."""
    return f"{_rounded(share * 100)}%"


def change_text(change: Decimal) -> str:
    """Format the change of a share in percentage points, with a sign that needs no colour.

    >>> change_text(Decimal("-0.012345")), change_text(Decimal("0.000001"))
    ('▼1.23', '▲不足0.01')
    """
    if change == 0:
        return "持平"
    return f"{'▲' if change > 0 else '▼'}{_rounded(abs(change) * 100) or '不足0.01'}"


def field_name(kind: str, field: str) -> str:
    """Return the header of a contract's field, or its id if it no longer has one."""
    contract = load_contracts().get(kind)
    if contract is None or field not in contract.fields:
        return field
    return contract.column(field).header.rpartition("/")[2]


def gaps(districts: Sequence[DistrictFigures], deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    """Return why each district without figures has none, and what the total leaves out."""
    states = {(d.district_id, d.kind): d.state for d in deliveries}
    sentences, left_out = [], []
    for row in districts:
        if absent := _absent_figures(row):
            why = _why(row, states)
            sentences.append(f"{row.district_name}：{why}，{absent}缺，以“{MISSING}”表示。")
            left_out.append(row.district_name)
    if left_out:
        sentences.append(f"合计为部分合计，缺报的数据不计入，也不按零计：{'、'.join(left_out)}。")
    return tuple(sentences)


def _absent_figures(row: DistrictFigures) -> str:
    survey, cases = row.survey_basis == "missing", row.case_basis == "missing"
    if survey and cases:
        return "排查和违法拆改数据"
    return "排查数据" if survey else "违法拆改数据" if cases else ""


def _why(row: DistrictFigures, states: Mapping[tuple[str, str], str]) -> str:
    """Return what happened to the deliveries behind the figures: refused is not missing."""
    bases = {m.ledger: getattr(row, m.basis) for m in MEASURED.values()}
    refused = [
        f"{kind_name(kind)}{vocabulary.STATES['refused']}"
        for kind, basis in bases.items()
        if basis == "missing" and states.get((row.district_id, kind)) == "refused"
    ]
    report = states.get((row.district_id, REPORT), "missing")
    state = vocabulary.STATES[report] if report in ("missing", "refused") else "中没有可用的数据"
    return "，".join([*refused, f"月报{state}"])


def basis_notes(districts: Sequence[DistrictFigures]) -> tuple[str, ...]:
    """Return which figures come from the districts' ledgers and which from their reports."""
    survey = _sources([(row.district_name, row.survey_basis) for row in districts])
    cases = _sources([(row.district_name, row.case_basis) for row in districts])
    if survey == cases:
        return (f"各项数据{survey}。",)
    return (f"已排查幢数、面积{survey}。", f"违法拆改件数{cases}。")


def _sources(bases: Sequence[tuple[str, Basis]]) -> str:
    ledger = [name for name, basis in bases if basis == "ledger"]
    reported = [name for name, basis in bases if basis == "reported"]
    if ledger and reported:
        return f"{'、'.join(ledger)}取自台账，其余地区取自月报表"
    return "均取自各地区台账" if ledger else "均取自各地区月报表"


def reading_notes() -> tuple[str, ...]:
    """Return how to read columns of stocks and flows."""
    return (
        "已排查幢数、面积为期末存量，即截至期末的时点数；受理、核实、处理完成均为本期（本月）发生数。",
        "处理完成数含以前月份核实、本月处理完成的，可以大于本月核实数；"
        "巡查发现由巡查得来，不是投诉。",
    )


def rounding_rules() -> tuple[str, ...]:
    """Return the rounding rules, which hold for every month."""
    return (
        "面积以平方米精确求和，只在成表时按四舍五入保留两位小数（万平方米）；幢数、起数为整数。",
        "文字中的万幢、亿平方米由未经舍入的数据四舍五入得出。",
    )


def rounding_notes(city: DistrictFigures, districts: Sequence[DistrictFigures]) -> tuple[str, ...]:
    """Return the 未作机械调整 note if the total differs from the sum of the printed rows."""
    printed = [area for row in districts if (area := row.surveyed_floor_area_10k_m2) is not None]
    total = city.surveyed_floor_area_10k_m2
    if total is None or total == sum(printed):
        return ()
    return (
        f"面积合计由未经舍入的数据求和后四舍五入，与分项之和相差{abs(total - sum(printed))}"
        "万平方米，未作机械调整。",
    )


def status_notes(status: str, is_simulated: bool) -> tuple[str, ...]:
    """Return what the marks mean."""
    notes = []
    if is_simulated:
        notes.append("本表含演示数据（报送文件名带“模拟”），不是真实统计结果，不得引用。")
    if status == "provisional":
        notes.append("本表为初步数据，正式发布前可能修订。")
    if status == "withdrawn":
        notes.append("本表已撤回，不得引用。")
    return tuple(notes)


def decision_notes(corrections: Sequence[Correction], waivers: Sequence[Waiver]) -> tuple[str, ...]:
    """Return how many cells were corrected and records waived; empty if there were none."""
    counts = []
    if corrections:
        states = _counted([row.status for row in corrections], vocabulary.CORRECTION_STATES)
        counts.append(f"更正{len(corrections)}处（{states}）")
    if waivers:
        states = _counted([row.status for row in waivers], vocabulary.WAIVER_STATES)
        counts.append(f"豁免{len(waivers)}条（{states}）")
    return (f"{'，'.join(counts)}，逐条见说明。",) if counts else ()


def _counted(states: Sequence[str], names: Mapping[str, str]) -> str:
    counts = Counter(states)
    return "、".join(f"{name}{counts[state]}" for state, name in names.items())


def corrections_text(
    corrections: Sequence[Correction], district_name: Callable[[str], str]
) -> tuple[str, ...]:
    """Return one sentence per correction: cell, old and new value, outcome, reason, editor."""
    sentences = [
        f"更正：{district_name(row.district_id)}{kind_name(row.kind)}，{row.record_key}的"
        f"{field_name(row.kind, row.field)}由{_cell_text(row.old_value)}改为"
        f"{_cell_text(row.new_value)}，{vocabulary.CORRECTION_STATES[row.status]}"
        f"{f'（{row.detail}）' if row.detail else ''}。理由：{row.reason}"
        f"（{row.corrected_by}，{chinese_date(row.corrected_on)}）"
        for row in corrections[:MAX_DECISIONS_SHOWN]
    ]
    return (*sentences, *_not_shown(len(corrections), "correction"))


def waivers_text(waivers: Sequence[Waiver], district_name: Callable[[str], str]) -> tuple[str, ...]:
    """Return one sentence per waiver: record, rule, number of rows, reason, author, duration."""
    sentences = [
        f"豁免：{district_name(row.district_id)}{kind_name(row.kind)}，{row.record_key}按规则"
        f"{row.rule_id}，{vocabulary.WAIVER_STATES[row.status]}，放行{row.row_count}行。"
        f"理由：{row.reason}（{row.waived_by}，{chinese_date(row.waived_on)}，"
        f"有效至{chinese_date(row.valid_until)}）"
        for row in waivers[:MAX_DECISIONS_SHOWN]
    ]
    return (*sentences, *_not_shown(len(waivers), "waiver"))


def _cell_text(value: str) -> str:
    return f"“{value}”" if value else "空白"


def _not_shown(count: int, table: str) -> tuple[str, ...]:
    rest = count - MAX_DECISIONS_SHOWN
    return (f"另有{rest}条，见 statistics.duckdb 的 marts.rpt_{table}。",) if rest > 0 else ()
