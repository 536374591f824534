from __future__ import annotations

import pyarrow as pa
import pytest

from orchestration.ingest.reader.privacy import SUSPICIOUS, excerpt, mask, states


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812345678", "〔电话〕"),
        ("张三138-1234-5678。", "张三〔电话〕。"),
        ("１３８１２３４５６７８", "〔电话〕"),
        ("+86 13812345678", "+〔电话〕"),
        ("0512-65123456转8", "〔电话〕转8"),
        ("身份证320501199001011234", "身份证〔证件号〕"),
        ("32050119900101123x号", "〔证件号〕号"),
        ("320501900101123", "〔证件号〕"),
        ("两个：13812345678、13912345678", "两个：〔电话〕、〔电话〕"),
        ("面积1234.56平方米，2022-10-31", "面积1234.56平方米，2022-10-31"),
        ("某某路138号", "某某路138号"),
    ],
)
def test_mask(text, masked):
    assert mask(text) == masked
    net = pa.compute.match_substring_regex(pa.array([text]), SUSPICIOUS)[0].as_py()
    assert net or masked == text


def test_excerpt_is_one_short_masked_line():
    assert excerpt("a\n b") == "a b"
    assert excerpt("长" * 300) == "长" * 199 + "…"


def test_states_of_phones_and_names():
    phones = [None, " ", "13812345678", "１３８１２３４５６７８", "0512-65123456", "1381234567"]
    assert states(pa.array(phones), is_phone=True).to_pylist() == [
        "blank",
        "blank",
        "filled",
        "filled",
        "filled",
        "bad_format",
    ]
    several = ["13812345678/13912345678", "无", "/"]
    assert states(pa.array(several), is_phone=True).to_pylist() == [
        "filled",
        "placeholder",
        "placeholder",
    ]
    names = ["张三", "不详", "张3", "\u3000"]
    assert states(pa.array(names), is_phone=False).to_pylist() == [
        "filled",
        "placeholder",
        "bad_format",
        "blank",
    ]
