"""``fangan address``: how the parser reads an address, element by element.

The parser itself is in ``addresses``.
"""

from __future__ import annotations

import click

from orchestration.addresses.composing import normalise
from orchestration.addresses.elements import EMPTY, KINDS, OUTSIDE, REMARK, TOO_LONG, Kind
from orchestration.addresses.parsing import MAX_LENGTH, parse, sources
from orchestration.console.output import Record, print_table
from orchestration.reference.districts import load_districts

_PROBLEMS = {
    EMPTY: "没有内容：空白或只写了“无”。请补填地址。",
    TOO_LONG: f"超过{MAX_LENGTH}字，不是一个地址，未解析。请只填写一个地址。",
    OUTSIDE: "不是苏州市的地址。请核对，或从本市的报表中删除。",
}
_REMARK = Kind("其他", None)


def explain(text: str) -> Record:
    """Return the elements of an address with their source text, its normal form and districts."""
    address = parse(text)
    return {
        "address": text if address.problem != TOO_LONG else f"{text[:MAX_LENGTH]}…",
        "problem": address.problem,
        "normal_form": normalise(text),
        "districts": list(address.districts),
        "elements": [
            {
                "kind": element.kind,
                "chinese_name": _kind(element.kind).chinese_name,
                "class_code": _kind(element.kind).class_code,
                "value": element.value,
                "source": source,
            }
            for element, source in zip(address.elements, sources(text, address), strict=True)
        ],
    }


def _kind(name: str) -> Kind:
    return _REMARK if name == REMARK else KINDS[name]


def show(explained: Record) -> None:
    """Print the elements, the normal form and the districts of an address."""
    if explained["problem"]:
        click.echo(_PROBLEMS[explained["problem"]])
        return
    print_table(
        "",
        [
            {
                "要素": element["chinese_name"],
                "类别代码": element["class_code"] or "",
                "规范写法": element["value"],
                "原文": element["source"],
            }
            for element in explained["elements"]
        ],
    )
    names = {district.district_id: district.district_name for district in load_districts()}
    click.echo(f"规范地址：{explained['normal_form'] or '（没有可用的要素）'}")
    listed = "、".join(names[district_id] for district_id in explained["districts"])
    click.echo(f"所在地区：{listed or '地址中没有写明'}")
