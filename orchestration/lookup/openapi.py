"""The service's OpenAPI description: its introduction, and the problems of every route.

Routes describe themselves in ``service``; here is what is common to all of them.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from orchestration.lookup.problems import MEDIA_TYPE, REQUEST_REASONS, Problem
from orchestration.settings import program_version

TITLE = "房安：房屋查询接口"
_ABOUT = """\
按公安门牌编码、一房一码编码或房屋编号，查一幢房屋的基本信息（地址、用途、层数、面积、年份）和安全信息
（排查、鉴定、危房阶段、未办结的违法拆改）。数据为最近发布月份的现行版次；初步数据和演示数据均有说明
（as_of.note），引用时须一并注明。

不含任何个人信息：没有产权人、排查人、举报人、责任人及其电话。

错误按 RFC 9457 以 application/problem+json 说明：reason 为原因代码，detail 为中文原因和办法，
candidates 为可改用的编码。
"""
#: Statuses that any route may answer with, and the reasons of single routes.
_ALWAYS = (401, 421, 422, 429, 500, 503)
_OF_ROUTE = {
    "/api/v1/buildings/{key}": {
        404: "没有这个编码，或它没有对应的房屋：unknown_key、doorplate_unmatched、"
        "doorplate_cancelled、code_cancelled、building_demolished、month_not_published",
        409: "不能认定是哪一幢：several_buildings、code_replaced、building_replaced",
    },
    "/api/v1/batch": {
        400: "请求正文不能读取：malformed_body",
        404: "该月没有查询库：month_not_published",
        413: "请求过大：too_large",
        415: "不支持的内容类型：unsupported_media_type",
    },
}


def describe(app: FastAPI, *, needs_token: bool) -> None:
    """Make the application's OpenAPI description include its problems and its token."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=TITLE, version=program_version(), description=_ABOUT, routes=app.routes
            )
            _add_problems(schema)
            if needs_token:
                bearer = {"type": "http", "scheme": "bearer", "description": "由管理员发放的令牌。"}
                schema["components"]["securitySchemes"] = {"bearer": bearer}
                schema["security"] = [{"bearer": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _add_problems(schema: dict[str, Any]) -> None:
    """Add every problem of every route as problem details."""
    schemas = schema["components"]["schemas"]
    model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(model.pop("$defs"))
    schemas["Problem"] = model
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in schema["paths"].items():
        problems = {status: _reasons(status) for status in _ALWAYS} | _OF_ROUTE.get(path, {})
        for operation in operations.values():
            for status, text in sorted(problems.items()):
                operation["responses"][str(status)] = {"description": text, "content": content}


def _reasons(status: int) -> str:
    """Return the titles and reasons of a status, as one text."""
    return "；".join(
        f"{title}：{reason}" for reason, (of, title, _) in REQUEST_REASONS.items() if of == status
    )
