"""The bulletin's sentences on building codes (一房一码), made from the city's counts.

Add further sentences on the matching here; the figures come from ``rpt_code_matching_monthly``.
Codes are not buildings: no sentence may divide one by the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from orchestration.publication.bulletin.matching_rows import CodeMatching
from orchestration.publication.bulletin.sentences import (
    CITY_PLACE,
    DateText,
    FigureText,
    Sentence,
    joined,
)
from orchestration.publication.bulletin.wording import percent_text, share_text
from orchestration.reference.metrics import metric_name, prose_names, short_name
from orchestration.reference.months import Month

#: Why a code is not matched, in the order of the sentence.
CAUSES = (
    "address_incomplete_code_count",
    "no_candidate_code_count",
    "multi_candidate_code_count",
    "pending_review_code_count",
    "conflicting_code_count",
)
_MART = "rpt_code_matching_monthly"
_WHOLE_FROM, _ROUNDED_FROM = 1_000_000, 10_000


def codes_text(rows: Sequence[CodeMatching], month: Month) -> tuple[str, ...]:
    """Return a sentence on matched codes and the rest by cause, and one on the reviewed sample.

    Empty if nothing was matched or the register has no valid code.
    """
    if not rows or not rows[-1].building_code_count:
        return ()
    city = rows[-1]
    share = share_text(city.matched_code_count, city.building_code_count)
    is_new = bool(city.new_matched_code_count)
    sentence = Sentence(
        *("截至", DateText(f"{month.number}月底", month.last_day)),
        *("，全市一房一码库有效编码", _figure(city, "building_code_count")),
        *("，与公安“数字门牌”匹配关联", _figure(city, "matched_code_count")),
        *(f"，{short_name('code_matched_share')}", _figure(city, "code_matched_share", share)),
        *(("，其中本月新增匹配", _figure(city, "new_matched_code_count")) if is_new else ()),
        "。",
    )
    causes = [
        Sentence(short_name(field), _figure(city, field))
        for field in CAUSES
        if getattr(city, field)
    ]
    if causes:
        rest = ("其余编码按原因分类：", joined("、", causes), "，补齐信息后再次匹配关联。")
        sentence = Sentence(sentence, *rest)
    return (sentence, *_quality(city))


def _figure(city: CodeMatching, field: str, text: str = "") -> FigureText:
    return FigureText(text or _counted(getattr(city, field)), CITY_PLACE, f"{_MART}.{field}")


def interval_text(city: CodeMatching) -> tuple[str, ...]:
    """Return the confidence intervals of the reviewed sample; empty if the sample is too small."""
    low, high = city.matching_precision_share_low, city.matching_precision_share_high
    if low is None or high is None:
        return ()
    sentence = f"匹配准确率的95%置信区间（威尔逊法）为{percent_text(low)}至{percent_text(high)}。"
    if city.matching_recall_share is not None:
        recall = percent_text(city.matching_recall_share)
        sentence += f"有候选门牌的编码中，匹配召回率估计为{recall}。"
    return (sentence,)


def _quality(city: CodeMatching) -> tuple[Sentence, ...]:
    if not city.labelled_match_count:
        return ()
    sentence = Sentence(
        "机器匹配的编码已人工复核",
        _figure(city, "labelled_match_count", _whole(city, "labelled")),
        f"，{prose_names('correct_match_count')[0]}",
        _figure(city, "correct_match_count", _whole(city, "correct")),
    )
    if city.matching_precision_share is None:
        return (Sentence(sentence, "；复核太少，不计算准确率。"),)
    right = share_text(city.correct_match_count, city.labelled_match_count)
    said = _figure(city, "matching_precision_share", right)
    return (Sentence(sentence, f"，{metric_name('matching_precision_share')}", said, "。"),)


def _whole(city: CodeMatching, which: str) -> str:
    return f"{getattr(city, f'{which}_match_count')}个"


def _counted(count: int) -> str:
    """Return a count in text, large ones rounded.

    >>> _counted(1849637), _counted(161204), _counted(932)
    ('约185万个', '约16.1万个', '932个')
    """
    if count < _ROUNDED_FROM:
        return f"{count}个"
    step = Decimal(1) if count >= _WHOLE_FROM else Decimal("0.1")
    return f"约{(Decimal(count) / 10**4).quantize(step, ROUND_HALF_UP)}万个"
