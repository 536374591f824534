"""What a date around a table is to the file: a claim of its month, or one that only stands there.

Lives here: the words beside a date that make it the as-at day, the day of filling in, a comparison,
a law or a note. Add such a word here. How dates are spelled is in ``date_text``, which texts
are looked at in ``titles``.
"""

from __future__ import annotations

import re

from orchestration.ingest.reader.stated.date_text import Found
from orchestration.ingest.reader.stated.plain_text import CELL

_WORKED = (
    r"(?:填报|填表|填写|填制|制表|制单|制作|编制|编报|审核|复核|审批|审签|审定|核准|签发|签署|签字|签名|签章"
    r"|盖章|打印|印制|修改|修订|更新|生成|导出|下载|上报|报送|报出|呈报|提交|录入|创建|校对|校核|经办|统计员"
    r"|统计人|负责人|联系人|接收|收到|落款|公章)"
)
_WHEN = r"(?:日期|时间|时刻|日|于)"
_DEADLINE = re.compile(
    rf"(?:有效期限?[至到止]?|{_WORKED}的?截[止至]{_WHEN}?|截[止至]{_WORKED}{_WHEN})[:为是|(]{{0,3}}$"
)
#: A date behind such a label says when the sheet was filled in, checked or sent.
_WORKED_ON = re.compile(
    rf"{_WORKED}(?:单位|部门|人员?)?(?:\([^()]{{0,8}}\))?{_WHEN}[^\d|]{{0,4}}\|?[^\d|]{{0,2}}$"
)
_WORKED_BY = re.compile(
    rf"{_WORKED}(?:人员?|者|员|领导|负责人|签字|签名|盖章|意见)*[:(|]"
    r"[^|]{0,24}$|"
    rf"{_WORKED}(?:人员?|者|员)[^|]{{0,16}}$"
)
_WORKED_BESIDE = re.compile(rf"{_WORKED}(?:人员?|者|员|领导)?[:|(][^\d]{{0,40}}$|{_WORKED}$")
_DONE_AFTER = re.compile(
    r"^[)）]?(?:(填报|填表|填制|制表|制单|编制|审核|打印|导出|生成|修改|更新|上报|报送)|报)"
    r"(?:$|[\s|,，。;；.)（(_-])"
)
_NOUNS = (
    r"(?:统计(?:日期|时间|时点|期间?|周期|时段|区间|月份|月度|年月|口径)"
    r"|数据(?:日期|时间|时点|期间?|月份|所属期?|采集[至到]|更新[至到]|[统]?计?截[至止])"
    r"|(?:统计|本表|报表|报告|上述|以上|表内|表中)(?:数据)?(?:均|都|全部)?(?:为|系)?(?:统计)?截?[至止]"
    r"|所属(?:日期|时间|期间?|月份|时期|年月|月)|报告(?:期间?|月份|年月|月)"
    r"|报表(?:日期|期间?|月份|年月|所属期?)|(?:填报|报送|上报|申报)(?:月份|期间?|周期|年月|所属期?)"
    r"|截[至止](?:日期|时间|时点|期)|时点|月份|期间|资料时间)"
)
_MARKED = re.compile(
    rf"(?:截[至止]|更新[至到]|统计[至:|]|{_NOUNS})[^\d|,，。；;]{{0,6}}\|?[:为是(\[]{{0,2}}$"
)
_STRONGLY_MARKED = re.compile(rf"{_NOUNS}[^\d|,，。；;]{{0,6}}\|?[:为是(\[]{{0,2}}$")
_BEFORE_NOW = re.compile(r"(?:上月|上期|上年|上季|去年|同期|前期|前次|上次)[^\d]{0,8}$")
_MENTIONED_BEFORE = re.compile(
    r"(?:与|同|比|较|自|从|(?<!数)据|照|按|在|至迟|最迟|预计|计划|拟|将|力争|原|含|包括|执行|贯彻|落实|(?<!关)于"
    r"|[上前]期|上月|上年|去年|同期|年度计划)[的(]?$"
)
_MENTIONED_AFTER = re.compile(
    r"^(?:份|[底末初]|[上中下]旬|24[时点]|\))*(?:数据|数|水平)?(?:相比|相较|比|较|同比|环比|相同|同期|以来|起(?!至)"
    r"|以前|之前|前|以后|之后|后|印发|发布|颁布|下发|施行|实施|出台|修[订正]|版|模[板版]|样[表张]|补报|遗留|结转"
    r"|的?(?:文件|通知|会议|专项|要求|规定|办法|号))"
)
_COMPARED_AFTER = re.compile(
    r"^(?:份|日|[底末初]|\))*的?(?:数据|数|水平)?(?:相比|相较|比|较|同比|环比|相同|同期)"
)
_NOTE = re.compile(
    r"^[(\[【*※#]*(?:注|说明|备注|附注|备考|[填编]\w?说明|填报要求|要求|提示|\w{0,2}提示)"
    r"(?:\d|[一二三])?[:.、)】|]"
)
_SENTENCE = re.compile(r"[,，。;；!！?？]")
_TITLE_END = re.compile(
    r"(?:表|台账|月报|报告|登记|统计|汇总|清单|结果|情况|数据|库|门牌|编码|份|止|整|\||\d|[底末])$"
)
_VERBS = re.compile(r"[较比未将请须应均达不系另]|包括|其中|新增|遗留|已[^排]|漏报|补报")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_OPEN_BOOK = re.compile(r"《[^》]*$")
_BARE_MONTH = re.compile(r"^[\[(（【<《]?\n[\])）】>》]?$")


def evidence_of(place: str, line: str, found: Found, previous: int) -> str:
    """Return what a date is to the file; ``previous`` is where the date before it ended."""
    before, after = line[previous : found.start], line[found.end :]
    if _is_worked(place, before, after, found):
        return "mention"
    is_marked = bool(_MARKED.search(before)) or after.startswith(("止", "24时止", "24点止"))
    is_marked |= found.form == "day" and found.since is not None
    if _COMPARED_AFTER.match(after) or _BEFORE_NOW.search(before):
        return "mention"
    if not is_marked and _is_mentioned(before, after, is_span=found.since is not None):
        return "mention"
    if found.form in ("impossible", "unclear"):
        return "mention" if place in ("file", "sheet") or _is_note(line, found) else "impossible"
    if is_marked:
        is_sure = not _is_note(line, found) or _STRONGLY_MARKED.search(before)
        return ("marked" if found.form == "day" else found.form) if is_sure else "doubtful"
    if _is_note(line, found):
        return "mention"
    if place == "footer" and not _is_alone(line, found):
        return "mention"
    if found.form == "day" and place != "title":
        return "mention" if place == "footer" else "hint"
    return "plain" if found.form == "day" else found.form


def _is_worked(place: str, before: str, after: str, found: Found) -> bool:
    """Whether a date says when people did their work on the sheet."""
    if _DEADLINE.search(before):
        return True
    if _MARKED.search(before):
        return False
    if _WORKED_ON.search(before) or _WORKED_BY.search(before):
        return True
    if found.form == "day" and _WORKED_BESIDE.search(before):
        return True
    done = _DONE_AFTER.match(after)
    return done is not None and (found.form == "day" or (place == "file" and done[1] is not None))


def _is_mentioned(before: str, after: str, *, is_span: bool) -> bool:
    """Whether a date is one of a comparison, a law, a plan or a title in 《》."""
    leading = before.rstrip("自从由") if is_span else before
    return bool(
        _MENTIONED_BEFORE.search(leading)
        or _MENTIONED_AFTER.match(after)
        or _OPEN_BOOK.search(before)
    )


def _is_note(line: str, found: Found) -> bool:
    """Whether a date stands in running text: behind 注, or in a clause that is no title."""
    if _NOTE.match(line):
        return True
    before, after = line[: found.start], line[found.end :]
    is_bracketed = before.rfind("(") > before.rfind(")")
    if is_bracketed:
        head, tail = before[before.rfind("(") + 1 :], after.split(")")[0]
    else:
        head, tail = (_IN_BRACKETS.sub("", text) for text in (before, after))
    is_sentence = bool(_SENTENCE.search(head) or _SENTENCE.search(tail))
    head, tail = _SENTENCE.split(head)[-1], _SENTENCE.split(tail)[0]
    if not is_sentence:
        return is_bracketed and bool(_VERBS.search(head) or _VERBS.search(tail))
    is_title = not tail or _TITLE_END.search(tail)
    return not is_title or bool(_VERBS.search(head) or _VERBS.search(tail))


def _is_alone(line: str, found: Found) -> bool:
    """Whether the cell of a date holds nothing else but brackets."""
    start = line.rfind(CELL, 0, found.start) + 1
    end = line.find(CELL, found.end)
    cell = line[start : found.start] + "\n" + line[found.end : end if end >= 0 else None]
    return bool(_BARE_MONTH.match(cell))
