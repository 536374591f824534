"""How much each part of an address counts for or against a plate, and the thresholds.

Bits of evidence: 3 bits make a match eight times as likely. They were tuned on the
simulated everyday wording and checked on an unseen one. Run the matching benchmark before you
change them and compare both figures.
"""

from __future__ import annotations

#: Part, level, bits, and the words for it in a match's reason (None: left out).
EVIDENCE: tuple[tuple[str, str, float, str | None], ...] = (
    ("road", "same", 6.0, None),
    ("road", "variant", 4.0, "街路巷差一字"),
    ("road", "mistyped", 4.0, "街路巷差一字"),
    ("road", "heard", 4.5, "街路巷读音相同"),
    ("road", "alike", 2.0, "街路巷名称相似"),
    ("road", "told", 0.0, "街路巷差一方位或数字"),
    ("road", "missing", 0.0, "缺街路巷"),
    ("road", "different", -6.0, "街路巷不同"),
    ("door", "same", 9.0, None),
    ("door", "missing", -2.0, "缺门牌号"),
    ("door", "variant", -3.0, "门牌号差一位"),
    ("door", "different", -8.0, "门牌号不同"),
    ("estate", "same", 5.0, None),
    ("estate", "variant", 4.0, "小区名称相近"),
    ("estate", "mistyped", 4.0, "小区名称差一字"),
    ("estate", "heard", 4.5, "小区名称读音相同"),
    ("estate", "phase", 2.0, "小区分期或组团不同"),
    ("estate", "alike", 2.0, "小区名称相似"),
    ("estate", "told", 0.0, "小区名称差一方位或数字"),
    ("estate", "missing", -0.5, "缺小区"),
    ("estate", "different", -5.0, "小区不同"),
    ("building", "same", 5.0, None),
    ("building", "contained", 0.0, "楼幢号在所写范围内"),
    ("building", "missing", -2.0, "缺楼幢号"),
    ("building", "different", -8.0, "楼幢号不同"),
    ("town", "same", 3.0, None),
    ("town", "moved", 2.0, "镇街界线变动"),
    ("town", "missing", 0.0, "缺镇街"),
    ("town", "different", -5.0, "镇街不同"),
    ("community", "same", 2.0, None),
    ("community", "missing", 0.0, None),
    ("community", "different", -1.0, "村社区不同"),
)
#: The prior against any one plate before the parts are compared: it is one of 65,000.
PRIOR_BITS = 16.0
#: Minimum scores for a match, and for a question to a clerk.
ACCEPT, REVIEW = 0.95, 0.05
#: Bits by which the best plate must lead the next.
MARGIN_BITS = 3.0
