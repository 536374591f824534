"""The models of an answer, documented for the API, and the reasons why a key has no answer.

The models are generated from the allow-list in ``columns`` and the texts of the contracts, so an
answer cannot show a column that is not allowed. Add a reason with its status here when a key can
fail in a new way. ``file_reading`` finds the answer, ``service`` sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from orchestration.lookup.columns import (
    ALTERATION_CASE,
    DANGER_CASE,
    Shown,
    basic_columns,
    safety_columns,
)

#: The kinds of keys, in the order in which people see them.
SCHEMES = {
    "doorplate": "公安门牌编码",
    "building_code": "一房一码编码",
    "building_id": "房屋编号",
    "internal_code": "市内部编码",
}
Scheme = Literal["doorplate", "building_code", "building_id", "internal_code"]
#: The registers that a key can come from.
SOURCES = {
    "building_survey": "既有建筑排查台账",
    "building_codes": "一房一码库",
    "matching": "门牌地址匹配",
    "issued": "按公布的规则编制",
}
Source = Literal["building_survey", "building_codes", "matching", "issued"]
_NOT_FOUND, _CONFLICT = HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
#: Why a key has no answer: status, title and text, with ``{since}`` (a date) and ``{event}``.
REASONS: dict[str, tuple[HTTPStatus, str, str]] = {
    "unknown_key": (
        _NOT_FOUND,
        "没有这个编码",
        "本月的排查台账、一房一码库和公安门牌中都没有这个编码。请核对后再查。",
    ),
    "doorplate_unmatched": (
        _NOT_FOUND,
        "门牌未关联房屋",
        "公安门牌中有这块门牌，但没有房屋编码与它匹配。可改用房屋编号或一房一码编码查询。",
    ),
    "doorplate_cancelled": (
        _NOT_FOUND,
        "门牌已注销",
        "这块门牌已于{since}注销，没有关联的房屋。请用现行门牌查询。",
    ),
    "code_cancelled": (
        _NOT_FOUND,
        "编码已注销",
        "这个一房一码编码已于{since}注销，没有后续编码。",
    ),
    "building_demolished": (
        _NOT_FOUND,
        "房屋已拆除",
        "这幢房屋已于{since}登记拆除，不在现行台账中。",
    ),
    "several_buildings": (
        _CONFLICT,
        "对应多幢房屋",
        "这个编码对应多幢房屋，不能认定是哪一幢。请按所列各幢的编码查询，并请主管单位核定。",
    ),
    "code_replaced": (
        _CONFLICT,
        "编码已换发",
        "这个一房一码编码已于{since}注销并换发。请按所列的新编码查询。",
    ),
    "building_replaced": (
        _CONFLICT,
        "房屋编号已变更",
        "这幢房屋已于{since}登记{event}，编号随之变更。请按所列的新编号查询。",
    ),
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AsOf(_Answer):
    """The month and vintage that the answer comes from, released or provisional."""

    month: str = Field(description="统计月份，YYYY-MM。Month of the answer.")
    vintage: int = Field(description="版次：0为未发布的试算，1起为正式编号的发布。Vintage.")
    status: Literal["provisional", "final", "withdrawn"] = Field(
        description="状态：provisional初步，final正式，withdrawn已撤回。"
    )
    is_simulated: bool = Field(description="是否演示数据：为真时不是真实房屋。Simulated data.")
    built_at: str = Field(description="查询库生成时间，北京时间。When the file was built.")
    note: str = Field(description="引用查询结果时须一并说明的内容。Quote this with the answer.")


class Identifier(_Answer):
    """One key of the building."""

    scheme: Scheme = Field(description="编码种类。Kind of the key.")
    value: str = Field(description="编码。The key.")
    source: Source = Field(description="来源：登记，或按门牌地址匹配。Register of the key.")


def _of_contract(name: str, columns: Iterable[Shown], doc: str) -> type[BaseModel]:
    """Return a model with a field for each shown column, described by the contract's text."""
    fields: dict[str, Any] = {
        column.name: (
            column.python_type | None,
            Field(
                description=column.column.description
                + (f"，单位：{column.column.unit}" if column.column.unit else "")
            ),
        )
        for column in columns
    }
    return create_model(name, __base__=_Answer, __doc__=doc, **fields)


def _of_mart(name: str, words: Mapping[str, str], doc: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        field: (bool if field.startswith("is_") else str | None, Field(description=text))
        for field, text in words.items()
    }
    return create_model(name, __base__=_Answer, __doc__=doc, **fields)


BasicInformation = _of_contract(
    "BasicInformation",
    basic_columns(),
    "基本信息；台账中没有这幢房屋时，只有一房一码库中的镇街、村社区和地址。",
)
LedgerSafety = _of_contract(
    "LedgerSafety", safety_columns(), "排查台账中的安全信息；台账中没有这幢房屋时均为空。"
)
DangerCase = _of_mart("DangerCase", DANGER_CASE, "一个危房案件所处的阶段。")
AlterationCase = _of_mart("AlterationCase", ALTERATION_CASE, "一起未办结的违法拆改案件。")


class SafetyInformation(LedgerSafety):  # type: ignore[misc, valid-type]
    """The safety of a building: survey, appraisal, danger stage, open alteration cases."""

    danger_cases: list[DangerCase] | None = Field(  # type: ignore[valid-type]
        description="危房案件；[]为没有，空值为不掌握（台账未报或房屋编号不明）。"
    )
    alteration_cases: list[AlterationCase] | None = Field(  # type: ignore[valid-type]
        description="未办结的违法拆改案件；[]为没有，空值为不掌握。"
    )


class Building(_Answer):
    """One building: its properties and its safety. Never its owner, residents or reporters."""

    building_id: str | None = Field(description="房屋编号；一房一码库中未填时为空。")
    district_id: str | None = Field(description="地区。Stable identifier of the district.")
    district_name: str | None = Field(description="地区名称")
    is_in_ledger: bool = Field(description="本月排查台账中是否有这幢房屋。")
    as_at: str | None = Field(description="所据台账的截至日期。As-at date of the ledger.")
    identifiers: list[Identifier] = Field(description="这幢房屋的全部现行编码。")
    basic: BasicInformation  # type: ignore[valid-type]
    safety: SafetyInformation


class Answer(_Answer):
    """The answer to one key."""

    key: str = Field(description="所查编码。The requested key.")
    as_of: AsOf
    building: Building


@dataclass(frozen=True)
class Refusal:
    """Why a key has no answer. ``candidates`` are keys to try instead, with their addresses."""

    reason: str
    detail: str
    candidates: tuple[dict[str, Any], ...] = ()

    @property
    def status(self) -> int:
        """404 if there is no building, 409 if it is not clear which one."""
        return int(REASONS[self.reason][0])

    @property
    def title(self) -> str:
        """The reason in a few words of Chinese."""
        return REASONS[self.reason][1]


def refusal(
    reason: str,
    since: str | None = None,
    event: str | None = None,
    candidates: Iterable[dict[str, Any]] = (),
) -> Refusal:
    """Return a refusal with its text; ``since`` is a day, ``event`` the registered change."""
    text = REASONS[reason][2].format(since=since or "此前", event=event or "变更")
    return Refusal(reason, text, tuple(candidates))
