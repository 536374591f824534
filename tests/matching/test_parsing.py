"""Addresses as people write them, each with the elements it must come apart into."""

import pytest

from orchestration.addresses.composing import normalise, parts_of
from orchestration.addresses.parsing import parse, sources

READ = {
    # 苏州's special names: general libraries miss these districts, or move them to 重庆
    "苏州市工业园区星湖街328号创意产业园A3幢": (
        "district=工业园区 road=星湖街 number=328 estate=创意产业园 building=A3"
    ),
    "SIP湖东社工委现代大道１号": "district=工业园区 town=湖东社区工作委员会 road=现代大道 number=1",
    "苏州高新区(虎丘区)镇湖街道绣馆街1号": (
        "district=高新区 district=高新区 town=镇湖街道 road=绣馆街 number=1"
    ),
    "苏州新区竹园路1号": "district=高新区 road=竹园路 number=1",
    # abolished: 平江, 沧浪, 金阊 became 姑苏区; 吴县市 became two districts, the town says which
    "苏州市平江区平江路12号之一": "district=姑苏区 road=平江路 number=12 sub_number=1",
    "吴县市木渎镇中山西路５号三栋": "district=吴中区 town=木渎镇 road=中山西路 number=5 building=3",
    "吴县市黄埭镇春申路5号": "district=相城区 town=黄埭镇 road=春申路 number=5",
    "吴江市松陵镇中山北路12号附3号": (
        "district=吴江区 town=松陵街道 road=中山北路 number=12 sub_number=3"
    ),
    "高新区浒墅关镇文昌路99号": "district=高新区 town=浒墅关经开区（镇） road=文昌路 number=99",
    # a district's or town's bare name is not the road or estate that begins with it
    "昆山玉山镇前进中路12-3号": (
        "district=昆山市 town=玉山镇 road=前进中路 number=12 sub_number=3"
    ),
    "昆山路12号": "road=昆山路 number=12",
    "姑苏区平江路12号": "district=姑苏区 road=平江路 number=12",
    "吴中区长桥新村12幢": "district=吴中区 estate=长桥新村 building=12",
    "南京路12号": "road=南京路 number=12",
    # numerals
    "昆山市玉山镇人民路一百二十号": "district=昆山市 town=玉山镇 road=人民路 number=120",
    "姑苏区三香路十二号": "district=姑苏区 road=三香路 number=12",
    "姑苏区东环2路3#": "district=姑苏区 road=东环二路 building=3",
    "姑苏区彩香1村3栋201": "district=姑苏区 estate=彩香一村 building=3 room=201",
    "高新区狮山街道金色家园Ⅱ期Ⅲ幢": (
        "district=高新区 town=狮山街道 estate=金色家园二期 building=3"
    ),
    "姑苏区金色家园II期第三幢": "district=姑苏区 estate=金色家园二期 building=3",
    "312国道12号": "road=312国道 number=12",
    # ranges, lists, sub-numbers
    "常熟虞山街道海虞南路12-16号": "district=常熟市 town=虞山街道 road=海虞南路 number=12~16",
    "张家港市杨舍镇暨阳中路1-10幢": ("district=张家港市 town=杨舍镇 road=暨阳中路 building=1~10"),
    "张家港市杨舍镇暨阳中路1幢-10幢": ("district=张家港市 town=杨舍镇 road=暨阳中路 building=1~10"),
    "吴江区七都镇1、3幢": "district=吴江区 town=七都镇 building=1、3",
    "姑苏区桃花坞大街大石头巷12号甲": (
        "district=姑苏区 road=桃花坞大街 road=大石头巷 number=12 sub_number=甲"
    ),
    # short hand inside an estate
    "姑苏区彩香一村3-2-201": "district=姑苏区 estate=彩香一村 building=3 unit=2 room=201",
    "姑苏区彩香一村3-201室": "district=姑苏区 estate=彩香一村 building=3 room=201",
    "人民路12 3幢": "road=人民路 number=12 building=3",
    # other order, brackets, 无, beside
    "新康花园人民路12号3幢，姑苏区": (
        "estate=新康花园 road=人民路 number=12 building=3 district=姑苏区"
    ),
    "（原平江路12号）姑苏区白塔西路(近临顿路)13号(3幢)": (
        "district=姑苏区 road=白塔西路 number=13 building=3 remark=原平江路12号 remark=近临顿路"
    ),
    "姑苏区沧浪街道十全街无3幢": "district=姑苏区 town=沧浪街道 road=十全街 building=3",
    "姑苏区新市路无名巷3号": "district=姑苏区 road=新市路 road=无名巷 number=3",
    "相城区元和街道采莲路1168号华元路口采莲商业广场5号楼二层": (
        "district=相城区 town=元和街道 road=采莲路 number=1168 remark=华元路口"
        " estate=采莲商业广场 building=5 floor=2"
    ),
    # villages and groups, estates named after roads
    "吴中区东山镇上山村3组12号": ("district=吴中区 town=东山镇 community=上山村 group=3 number=12"),
    "东环路小区12幢": "estate=东环路小区 building=12",
    "铁路新村三村12幢": "estate=铁路新村三村 building=12",
    "太仓市城厢镇人民路12弄3号201": (
        "district=太仓市 town=城厢镇 road=人民路 lane=12 number=3 room=201"
    ),
    # what is no address is a remark, never an element
    "<script>alert(1)</script>人民路1号": (
        "remark=SCRIPT remark=|SCRIPT remark=ALERT remark=1 road=人民路 number=1"
    ),
    "'; drop table x; --人民路1号": "remark=DROP remark=TABLE remark=X road=人民路 number=1",
}


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=list(READ))
def test_elements(text, expected):
    elements = [e for e in parse(text).elements if e.kind not in ("province", "city")]
    got = " ".join(f"{e.kind}={e.value}" for e in elements)
    ordered = sorted(got.split(" ")) if "remark=" in expected else got.split(" ")
    wanted = sorted(expected.split(" ")) if "remark=" in expected else expected.split(" ")
    assert ordered == wanted


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (None, "empty"),
        ("无", "empty"),
        (" － ", "empty"),
        ("路" * 10_000, "too_long"),
        ("上海市浦东新区世纪大道1号", "outside"),
        ("无锡市滨湖区太湖大道1号", "outside"),
        ("江苏省无锡滨湖区太湖大道1号", "outside"),
    ],
)
def test_what_is_no_address_of_the_city_says_why(text, problem):
    address = parse(text)
    assert address.problem == problem
    assert address.elements == ()


def test_sources_are_pieces_of_the_delivered_text():
    text = "吴县市 木渎镇中山西路５号Ⅲ栋"
    assert sources(text, parse(text)) == ["吴县市", "木渎镇", "中山西路", "５号", "Ⅲ栋"]


def test_normal_form_puts_the_elements_in_order():
    assert normalise("新康花园人民路１２号三栋，姑苏区") == "姑苏区人民路12号新康花园3幢"
    assert normalise("无") is None


def test_doors_of_a_village_are_counted_by_village():
    parts = parts_of(parse("吴中区东山镇上山村3组12号"))
    assert (parts.road, parts.door) == ("上山村3组", "12")


def test_a_towns_first_sign_is_no_point_of_the_compass():
    assert parse("相城区北桥街道枫津街1号").value("town") == "北桥街道"
