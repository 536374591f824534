from __future__ import annotations

import stat
import unicodedata

import openpyxl
import pyarrow as pa
import pytest
from deliver import OCTOBER, building, folder, report, workbook
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.ingest.deliveries import receive
from orchestration.ingest.names import NameKeyError, name_key, stored_name
from orchestration.ingest.reader.personal import is_card, is_identity
from orchestration.ingest.reader.privacy import (
    SUSPICIOUS,
    excerpt,
    mask,
    mask_name,
    states,
    without_tag,
)
from orchestration.ingest.reader.stated.titles import months_of, name_claims
from orchestration.ingest.reader.table.cells import Column, normalise
from orchestration.ingest.reader.table.kept_cell import kept_cell
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.watching import look, settled_months
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import load_contracts
from orchestration.returns.package import build_return
from orchestration.settings import Settings
from orchestration.store.archive import store_version
from orchestration.store.ledger import Ledger
from orchestration.store.records import DeliveredFile


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
        ("138.1234.5678", "〔电话〕"),
        ("1 3 8 1 2 3 4 5 6 7 8", "〔电话〕"),
        ("138,1234,5678或138*1234*5678", "〔电话〕或〔电话〕"),
        ("固话6512-3456", "固话〔电话〕"),
        ("320501199001011238X", "〔证件号〕X"),
        ("C12345678", "〔护照号〕"),
        ("138\u200b1234\u200b5678", "〔电话〕"),
        ("1381234 5678或138 123 45678", "〔电话〕或〔电话〕"),
        ("电话13812345678一直打不通", "电话〔电话〕一直打不通"),
        ("一三八一二三四五六七八", "〔电话〕"),
        ("138一二三四5678", "〔电话〕"),
        ("٠٥١٢-٦٥١٢٣٤٥٦", "〔电话〕"),
        ("（0512）6512 3456", "〔电话〕"),
        ("联系电话：65123456", "联系电话：〔电话〕"),
        ("1381234567813912345678", "〔证件号〕"),
        ("320501199001011238 13812345678", "〔证件号〕 〔电话〕"),
        ("3205 0119 9001 0112 38", "〔证件号〕"),
        ("３２０５０１１９９００１０１１２３８", "〔证件号〕"),
        ("张三@qq.com，zhang.san＠qq．com", "张三〔邮箱〕，〔邮箱〕"),
        ("6222021001116245702", "〔银行卡号〕"),
        ("6222 0210 0111 6245 702", "〔银行卡号〕"),
        ("卡号：622202 10", "卡号：〔银行卡号〕"),
        ("E12345678，EA1234567，H1234567890", "〔护照号〕，〔护照号〕，〔护照号〕"),
        ("护照号140123456", "护照号〔证件号〕"),
        ("台胞证01234567", "台胞证〔证件号〕"),
        ("两个：13812345678、13912345678", "两个：〔电话〕、〔电话〕"),
        ("面积1234.56平方米，2022-10-31", "面积1234.56平方米，2022-10-31"),
        ("面积138123.45678平方米", "面积138123.45678平方米"),
        ("0.13812345678", "0.13812345678"),
        ("1、3、5、7、9、11、13号", "1、3、5、7、9、11、13号"),
        ("1,3,5,7,9,11,13,15,17号", "1,3,5,7,9,11,13,15,17号"),
        ("1,381,234,567.00元", "1,381,234,567.00元"),
        ("138弄12号1203室", "138弄12号1203室"),
        ("13 15 17 19 21 23 25号", "13 15 17 19 21 23 25号"),
        ("平江路1-3-5-7-9号13幢301-302室", "平江路1-3-5-7-9号13幢301-302室"),
        ("编码320508001001000123", "编码320508001001000123"),
        ("20221031093015123导出", "20221031093015123导出"),
        ("2022-10-31至2022-11-30", "2022-10-31至2022-11-30"),
        ("G20221031", "G20221031"),
        ("二〇二二年十月三十一日", "二〇二二年十月三十一日"),
        ("12345热线", "12345热线"),
        ("2204-320508-04-01-123456", "2204-320508-04-01-123456"),
        ("某某路138号", "某某路138号"),
    ],
)
def test_mask(text, masked):
    assert mask(text) == masked
    net = pa.compute.match_substring_regex(pa.array([text]), SUSPICIOUS)[0].as_py()
    assert net or masked == text
    assert mask(masked) == masked


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


@hypothesis_settings(deadline=None)
@given(
    st.text(st.sampled_from("0123456789０１一二EXx@. -—·()（）\u200b\u3000\t号室a张"), max_size=40)
)
def test_what_is_masked_was_suspicious_and_is_masked_whole(text: str) -> None:
    masked = mask(text)
    net = pa.compute.match_substring_regex(pa.array([text]), SUSPICIOUS)[0].as_py()
    assert net or masked == text
    assert mask(masked) == masked


@hypothesis_settings(deadline=None)
@given(st.integers(0, 99_999_999), st.sampled_from(["", " ", "-", ".", "\u3000", "\u200b", "—"]))
def test_no_mobile_number_passes_however_it_is_parted(rest: int, by: str) -> None:
    digits = f"138{rest:08d}"
    for text in (f"{digits[:3]}{by}{digits[3:7]}{by}{digits[7:]}", by.join(digits)):
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)
        for spelt in (text, wide, f"张三{text}室", f"1.{text}" if by != "." else text):
            left = unicodedata.normalize("NFKC", mask(spelt))
            assert sum(c.isdigit() for c in left) <= 1, (spelt, left)


def test_personal_numbers_are_distinguished_from_codes() -> None:
    assert is_identity("32050119900101123X")  # born before 2012: also with a wrong check digit
    assert not is_identity("320508202210310012")  # a case of that day
    assert not is_identity("200501199001011238")  # there is no province 20
    assert not is_card("6222021001116245703")


@pytest.mark.parametrize(
    ("kind", "field", "text", "kept"),
    [
        ("building_survey", "building_id", "32050800000001", "32050800000001"),
        ("building_survey", "building_id", "13812345678", "13812345678"),
        ("building_survey", "building_id", "张三13812345678", "张三〔电话〕"),
        ("building_survey", "floor_area_m2", "13812345.68", "13812345.68"),
        ("building_survey", "floor_area_m2", "13812345678", "〔电话〕"),
        ("building_survey", "floors_above", "13812345678", "〔电话〕"),
        ("building_survey", "floors_above", "12345678901", "12345678901"),
        ("building_survey", "surveyed_on", "20221031", "2022-10-31"),
        ("building_survey", "surveyed_on", "13812345678", "〔电话〕"),
        ("building_survey", "use", "居住13812345678", "居住〔电话〕"),
        ("building_survey", "address", "平江路1号 13812345678", "平江路1号 〔电话〕"),
        ("alteration_cases", "case_id", "G12345678", "G12345678"),
        ("alteration_cases", "case_id", "zhang@qq.com", "〔邮箱〕"),
    ],
)
def test_a_cell_is_kept_as_its_contract_asks(kind: str, field: str, text: str, kept: str) -> None:
    column = Column(load_contracts()[kind].column(field), is_key=False)
    assert kept_cell(text, column).value == kept
    if kept.isdigit():
        assert normalise(text, column).value == kept


def test_a_masked_name_keeps_what_is_not_personal_and_stays_apart() -> None:
    first, second = (
        mask_name(f"姑苏区2022年10月台账{n}.xlsx", b"k") for n in (13812345678, 13812345679)
    )
    assert first != second
    assert first.startswith("姑苏区2022年10月台账〔电话〕〔")
    assert first.endswith("〕.xlsx")
    assert mask_name(first, b"another key") == first
    assert mask_name("姑苏区2022年10月台账13812345678.xlsx", b"another key") != first
    assert mask_name("月报表.xlsx", b"k") == "月报表.xlsx"
    assert without_tag(first) == "姑苏区2022年10月台账〔电话〕.xlsx"
    assert months_of(name_claims("台账2022年9月〔电话〕〔20221031〕.xlsx")) == ("2022-09",)


def test_the_key_is_made_once_and_for_us_alone(settings: Settings) -> None:
    key = name_key(settings)
    assert name_key(settings) == key
    assert stat.S_IMODE(settings.name_key.stat().st_mode) == 0o600
    assert not list(settings.home.glob(".name*"))
    settings.name_key.chmod(0o600)
    settings.name_key.write_bytes(b"short")
    with pytest.raises(NameKeyError, match="5 bytes instead of 32"):
        name_key(settings)


def test_a_file_is_received_and_watched_by_its_masked_name(
    settings: Settings, ledger: Ledger
) -> None:
    path = report(settings.raw, "gusu")
    path = path.rename(path.with_name("张三13812345678月报表.xlsx"))
    (path.parent / "通讯录13912345678.docx").write_bytes(b"stray")
    received = receive(settings, ledger, OCTOBER, "gusu")
    key = name_key(settings)
    assert received.arrivals["monthly_report"].file_name == stored_name(path, key)
    [stray] = received.misdelivered
    assert stray.file_name.startswith("通讯录〔电话〕〔")
    looked = look(settings.raw, key)
    assert f"2022-10/320508/{stored_name(path, key)}" in looked
    assert settled_months(looked, looked) == {"2022-10"}
    for file in (settings.ledger, *settings.home.glob("ledger.sqlite-*")):
        assert b"1381234" not in file.read_bytes()


def test_a_name_that_arrived_in_clear_is_masked_from_now_on(
    settings: Settings, ledger: Ledger
) -> None:
    """Homes made before names were masked keep them in the ledger, whose rows never change."""
    path = report(settings.raw, "gusu")
    path = path.rename(path.with_name("张三13812345678月报表.xlsx"))
    archived = store_version(settings.archive, path)
    part = DeliveredFile(path.name, archived.sha256)
    ledger.record_arrival(OCTOBER, "gusu", "monthly_report", archived.sha256, 1, (part,))
    arrival = receive(settings, ledger, OCTOBER, "gusu").arrivals["monthly_report"]
    assert arrival.version == 1
    assert arrival.file_name == arrival.parts[0].file_name == "张三〔电话〕月报表.xlsx"


def test_a_sheet_is_known_by_its_masked_name_and_found_again(
    settings: Settings, ledger: Ledger
) -> None:
    """The district's own package marks the cells of the sheet that bears the true name."""
    path = workbook(
        folder(settings.raw, "gusu") / "building_survey.xlsx",
        "building_survey",
        [building(1, floors_above="多层"), *(building(n) for n in range(2, 120))],
    )
    book = openpyxl.load_workbook(path)
    book.active.title = "台账13812345678"
    book.save(path)
    key = name_key(settings)
    with ReaderPool(name_key=key) as pool:
        judge_district_month(settings, ledger, pool.read, OCTOBER, "gusu")
    package = build_return(settings, ledger, OCTOBER, "gusu")
    marked = openpyxl.load_workbook(package.folder / "building_survey.xlsx")
    assert marked["台账13812345678"]["J3"].comment is not None
    issues = openpyxl.load_workbook(package.folder / "问题清单.xlsx")["问题清单"]
    names = {row[3] for row in issues.iter_rows(min_row=3, values_only=True) if row[3]}
    assert names == {mask_name("台账13812345678", key)}
