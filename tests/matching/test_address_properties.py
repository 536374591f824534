"""Any text is an address that parses, and a normal form is its own normal form."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.addresses.composing import normalise
from orchestration.addresses.parsing import parse, sources

_WRITTEN = (
    "江苏省、苏州市、苏州、工业园区、园区、SIP、高新区(虎丘区)、虎丘区、平江区、吴县市、昆山、吴江市、"
    "木渎镇、平江街道、松陵镇、平江、历史街区社区、上山村、上山村委会、3组、人民路、东环2路、平江路、"
    "大石头巷、312国道、12弄、12号、１２号、一百二十号、12-3号、12-16号、附3号、之一、12号甲、新康花园、"
    "彩香一村、彩香1村、东环路小区、新村、金色家园Ⅱ期、3幢、三栋、A座、3号楼、3#、1-10幢、1,3幢、2单元、"
    "二层、301室、3-2-201、201、无、（原平江路1号）、(3幢)、，、-、~、对面、东侧、路口、商铺"
)
_PIECES = st.sampled_from(_WRITTEN.split("、"))
_TEXTS = st.one_of(st.lists(_PIECES, max_size=9).map("".join), st.text(max_size=60))


@settings(max_examples=800, deadline=None)
@given(_TEXTS)
@example("A" * 10_000)
@example("无")
def test_normal_form_is_its_own_normal_form(text):
    once = normalise(text)
    assert once is None or normalise(once) == once


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_every_element_has_its_source_in_the_text(text):
    address = parse(text)
    pieces = sources(text, address)
    assert all(piece and piece in text for piece in pieces)
    spans = sorted((e.start, e.end) for e in address.elements)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
