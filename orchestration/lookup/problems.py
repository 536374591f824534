"""Problem details (RFC 9457): how the service reports every error.

Add a reason here when a request can fail in a new way before its key is looked up; why a key has
no answer is in ``answers``. No text repeats what the client sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from orchestration.lookup.answers import SCHEMES, Refusal

MEDIA_TYPE = "application/problem+json"
#: Why a request is refused: status, title, what to do.
REQUEST_REASONS: dict[str, tuple[HTTPStatus, str, str]] = {
    "invalid_request": (HTTPStatus.UNPROCESSABLE_ENTITY, "请求不合要求", "请按接口说明改正。"),
    "malformed_key": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "不是编码",
        "编码为1至64个字符，不含空格、控制字符和 / \\ ? # %。",
    ),
    "unauthorized": (
        HTTPStatus.UNAUTHORIZED,
        "没有有效的令牌",
        "请在 Authorization 头中给出 Bearer 令牌。",
    ),
    "unknown_host": (
        HTTPStatus.MISDIRECTED_REQUEST,
        "主机名不符",
        "本服务只在本机以 127.0.0.1 或 localhost 访问。",
    ),
    "too_many_requests": (
        HTTPStatus.TOO_MANY_REQUESTS,
        "请求过于频繁",
        "请按 Retry-After 所示秒数后再试。",
    ),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "请求过大", "请减少编码数量后重试。"),
    "unsupported_media_type": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "不支持的内容类型",
        "请以 application/json 发送。",
    ),
    "malformed_body": (HTTPStatus.BAD_REQUEST, "请求正文不能读取", "请以 UTF-8 编码的 JSON 发送。"),
    "no_such_page": (HTTPStatus.NOT_FOUND, "没有这个地址", "请查看 /api/v1/openapi.json。"),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "不支持的方法", "本服务只供查询。"),
    "month_not_published": (
        HTTPStatus.NOT_FOUND,
        "该月没有查询库",
        "该月没有可供查询的发布。可查月份见 /api/v1/months。",
    ),
    "nothing_published": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "尚无查询库",
        "尚未发布可供查询的月份。请在发布后重试。",
    ),
    "damaged": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "查询库损坏",
        "查询库不能读取，请管理员执行 fangan lookup --build。",
    ),
    "fault": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "服务出错",
        "是平台的错误，不是查询的错误；请告知管理员。",
    ),
}


class Candidate(BaseModel):
    """A key to try instead."""

    key: str = Field(description="可改用的编码。Key to try instead.")
    scheme: str = Field(description=f"编码种类：{'、'.join(SCHEMES)}之一。")
    district_name: str | None = Field(description="地区名称")
    address: str | None = Field(description="地址")


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    type: str = Field(description="urn:fangan:problem: 加原因代码。")
    title: str = Field(description="原因，几个字。")
    status: int = Field(description="HTTP 状态码。")
    detail: str = Field(description="原因和办法，给人看。")
    reason: str = Field(description="原因代码，给程序看。Machine-readable reason.")
    candidates: list[Candidate] = Field(default=[], description="409时可改用的编码，至多50个。")
    errors: list[str] = Field(default=[], description="422时不合要求之处。")


def request_problem(reason: str, errors: list[str] | None = None) -> dict[str, Any]:
    """Return the problem of a refused request."""
    status, title, detail = REQUEST_REASONS[reason]
    return _problem(reason, int(status), title, detail, errors=errors or [])


def key_problem(refused: Refusal) -> dict[str, Any]:
    """Return the problem of a key without an answer."""
    return _problem(
        refused.reason,
        refused.status,
        refused.title,
        refused.detail,
        candidates=list(refused.candidates),
    )


def _problem(reason: str, status: int, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"urn:fangan:problem:{reason}",
        "title": title,
        "status": status,
        "detail": detail,
        "reason": reason,
        "candidates": [],
        "errors": [],
    } | more


def send(problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return a problem as a response."""
    return JSONResponse(problem, problem["status"], headers, MEDIA_TYPE)
