"""Why a single cell fails: its own cause and a remedy that cannot make it worse, by its text.

Add a cause here when clerks meet a kind of cell whose reason the rule's sentence does not tell.
Which cells fail is the rule book's; comparisons of values are in ``comparisons``. Never quotes
text or personal columns, and nothing that may hold a name, a phone or an identity number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from expectations.context import whole
from orchestration.ingest.reader.personal import LABELS
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.reader.table.cells import beijing_day
from orchestration.reference.contracts import ContractColumn

#: A remedy of None leaves the rule's own.
Explanation = tuple[str, str | None]
_QUOTED_TYPES = ("integer", "decimal", "date", "identifier")
_LONGEST_QUOTE, _LOOKED_AT = 30, 200
#: Ideographs of numbers, units and words that stand for nothing; others may be a name.
_PLAIN_HAN = frozenset(
    "零〇一二两三四五六七八九十百千万亿点约近余多左右上下起幢栋层米平方个件户套间处次年月日号时分秒"
    "无暂同见附件表备注略第"
)

_FOLD = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_NUMBER = r"[+-]?[0-9]+(?:[.][0-9]+)?"
_GROUPED = r"[+-]?[0-9][0-9,]*(?:[.][0-9]+)?"
_CHINESE_DIGITS = "零〇○一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟"
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.][0-9]*)?[eE][+-]?[0-9]+")
_APPROXIMATE = re.compile(r"[约近余多≈~～<>≤≥]|左右|上下|以上|以下|大概")
_TWO = re.compile(rf"({_NUMBER}) ?[-/、;；|~～—–至和或+*×:：] ?({_NUMBER})")
_WITH_UNIT = re.compile(rf"{_GROUPED} ?([^0-9,.+\-'\s][^0-9,.]*)")
_DAY_LIKE = re.compile(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[T ].*)?")
_UNCLEAR_DAY = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}")
_PART_OF_DAY = re.compile(
    r"[0-9]{4}年?|[0-9]{4}[-/.年][0-9]{1,2}月?|[0-9]{6}|[0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{1,2}[月日号]"
)


@dataclass(frozen=True)
class Seen:
    """A failing cell: how its trimmed text begins, the same half-width, and its column."""

    text: str
    narrow: str
    column: ContractColumn


def explain(text: str, column: ContractColumn) -> Explanation:
    """Return what is wrong with one cell's text for its column, and how to mend it."""
    start = text.strip()[:_LOOKED_AT]
    seen = Seen(start, start.translate(_FOLD).strip(), column)
    cause = _shared(seen) or _CAUSES[column.type](seen)
    return f"{quoted(text, column)}{cause[0]}", cause[1]


def quoted(text: str, column: ContractColumn) -> str:
    """Return the text between quotes where it may be shown, else an empty string."""
    line = " ".join(text.strip()[:_LOOKED_AT].split())
    may_be_name = any("\u4e00" <= char <= "\u9fff" and char not in _PLAIN_HAN for char in line)
    if column.personal or column.type not in _QUOTED_TYPES or may_be_name or mask(line) != line:
        return ""
    visible = "".join(char if char.isprintable() else "·" for char in line)
    is_long = len(visible) > _LONGEST_QUOTE
    return f"“{visible[: _LONGEST_QUOTE - 1] + '…' if is_long else visible}”"


def _shared(seen: Seen) -> Explanation | None:
    """Return the causes that every type of column knows."""
    narrow = seen.narrow
    if any(label in seen.text for label in LABELS):
        return "含有电话、证件号等个人信息，已遮盖", "只填本列应填的内容，不填个人信息"
    if re.fullmatch(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+|[A-Z_]+!)", narrow):
        return "是 Excel 的错误值", "按原始数据填写，不要只清除错误值"
    if narrow[:1] in ("=", "@") and len(narrow) > 1:
        return "是公式的文字，没有算出结果", "按原始数据填写，不用公式"
    if narrow[:1] in ("'", "\u2018", "\u2019", "`"):
        return "前面有看得见的撇号", "对照原始数据，删除撇号后重新填写"
    hidden = next((char for char in seen.text if _is_hidden(char)), None)
    if hidden is not None:
        name = f"U+{ord(hidden):04X}"
        return f"含有看不见的字符（{name}）", "清空单元格，按原始数据重新键入"
    if "_x000" in narrow:
        return "含有换行的转义字符", "清空单元格，按原始数据重新键入"
    if re.fullmatch(r"同上|同前|[〃″\"”]|ditto|do[.]", narrow, re.IGNORECASE):
        return "是省略的写法，不是实际内容", "填写该行自己的内容，不用“同上”"
    if re.fullmatch(r"[见详](?:附[件表图]|备注|说明|下表|上表).*", narrow):
        return "指向别处，不是实际内容", "填写实际内容"
    if re.fullmatch(r"[-—–―/\\]+|无|暂无|没有|不详|未知|待定|N/?A|NULL|None|nil", narrow, re.I):
        return "表示没有，不是实际内容", "核对原始数据，填写实际内容"
    if any(_is_other_digit(char) for char in narrow):
        return "含有上标、带圈或其他文字的数字", "按原始数据用 0 至 9 重新填写"
    return None


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") or char == "\u00a0"


def _is_other_digit(char: str) -> bool:
    return unicodedata.category(char) in ("Nd", "No", "Nl") and char not in "0123456789〇"


def _of_number(seen: Seen) -> Explanation:
    narrow, exact = seen.narrow, "核对原始数据，填写确切的数字"
    if re.fullmatch(_NUMBER, narrow):
        whole_part = narrow.lstrip("+-").split(".")[0]
        if len(whole_part) > 12:
            return f"有 {len(whole_part)} 位整数，超过 12 位", exact
        return "不是整数，本列须是整数", "核对原始数据，填写实际的整数，不要自行取整"
    if _SCIENTIFIC.fullmatch(narrow):
        return "是科学计数法", "按原始数据填写完整的数字"
    if _DAY_LIKE.fullmatch(narrow):
        return "是日期，不是数字", exact
    if _APPROXIMATE.search(narrow):
        return "是约数", exact
    if re.fullmatch(r"[0-9,.' \u2032+-]+", narrow) and not _TWO.fullmatch(narrow):
        where = "数字中间有空格" if " " in narrow else "逗号、小数点或正负号的位置不对"
        return f"的写法不明：{where}", "核对原始数据，不带分隔符填写数字"
    if _TWO.fullmatch(narrow):
        return "一格中有两个数", "核对应填哪一个，只填一个数字"
    if all(char in _CHINESE_DIGITS for char in narrow):
        return "是中文数字", "核对原始数据，用 0 至 9 填写"
    if _WITH_UNIT.fullmatch(narrow):
        unit = f"（本列单位：{seen.column.unit}）" if seen.column.unit else ""
        return (
            f"带有单位或文字{unit}",
            f"按本列单位{unit}换算后只填数字，“万”等不能只删去不换算",
        )
    return "不是数字", exact


def _of_date(seen: Seen) -> Explanation:
    narrow, form = seen.narrow, "核对原始日期，写成年-月-日，如 2022-10-31"
    day = beijing_day(seen.text)
    if day is not None:
        return f"带有时区，按北京时间是 {day}，与所写的日期不同", "核对实际日期，只填北京时间的日期"
    if _UNCLEAR_DAY.fullmatch(narrow):
        return "的年、月、日先后不明", form
    if _DAY_LIKE.fullmatch(narrow) or re.fullmatch("[0-9]{8}", narrow):
        return "不是有效的日期：没有这一天或这一时刻", form
    if _PART_OF_DAY.fullmatch(narrow):
        return "的日期不完整", form
    if re.fullmatch(_GROUPED, narrow) or _SCIENTIFIC.fullmatch(narrow):
        return "是数字，不是日期", form
    if len(re.findall("[0-9]{4}[-/.年]", narrow)) > 1:
        return "一格中有两个日期", "核对应填哪一个，只填一个日期"
    if re.fullmatch(f"[{_CHINESE_DIGITS}年月日号]+", narrow):
        return "是中文数字的日期", form
    return "不是日期", form


def _of_identifier(seen: Seen) -> Explanation:
    narrow, pattern = seen.narrow, seen.column.pattern or ".*"
    export = "从原系统以文本格式重新导出编号，不要手工补位"
    limit = f"，须是{pattern_text(pattern)}"
    if _SCIENTIFIC.fullmatch(narrow):
        return "是科学计数法：编号被 Excel 改成了科学计数法，后几位已丢失", export
    if re.fullmatch("[0-9]+[.][0-9]*", narrow):
        return "带有小数点：编号被存成了数字，可能已经改变", export
    if _DAY_LIKE.fullmatch(narrow):
        return "是日期：编号被 Excel 改成了日期", export
    if re.search(r"\s", narrow):
        return "中间有空格" + limit, "对照原系统，按原编号重新填写"
    alike = narrow.translate(str.maketrans("OoQIl|", "000111"))
    if alike != narrow and re.fullmatch(pattern, alike):
        return "含有像数字的字母（O、I、l）" + limit, "对照原系统的编号改正，不要猜改"
    if re.fullmatch("[0-9]+", narrow):
        return f"有 {len(narrow)} 位" + limit, export
    return "不是编号" + limit, export


def pattern_text(pattern: str) -> str:
    """Return what a pattern of a contract asks for, in words where they are known.

    >>> pattern_text("[0-9]{11,20}")
    ' 11 至 20 位数字'
    """
    digits = re.fullmatch(r"\[0-9\]\{([0-9]+)(?:,([0-9]+))?\}", pattern)
    if digits:
        return f" {digits[1]} 至 {digits[2]} 位数字" if digits[2] else f" {digits[1]} 位数字"
    if pattern == "(?:[A-Za-z][0-9A-Za-z/-]*)?[0-9][0-9A-Za-z/-]*":
        return "字母、数字、短横线、斜线组成的编号，以字母或数字开头，且含数字"
    return f"符合 {whole(pattern)} 的编号"


def _of_code(seen: Seen) -> Explanation:
    return f"不在代码表中，可填：{'、'.join(seen.column.codes)}", "核对后填写代码表中的值"


_CAUSES: dict[str, Callable[[Seen], Explanation]] = {
    "integer": _of_number,
    "decimal": _of_number,
    "date": _of_date,
    "identifier": _of_identifier,
    "code": _of_code,
}
