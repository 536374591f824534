"""The look-up over HTTP: a read-only JSON API with an OpenAPI description, and HTML pages.

Here are the routes and what they return; a request passes the gate, a route and the file.
Handlers run on the event loop because a look-up takes a tenth of a millisecond, less than handing
it to a thread. Checks of all requests are in ``gate``, texts of problems in ``problems``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from orchestration.lookup.answers import Answer, AsOf, Refusal, Scheme
from orchestration.lookup.file_reading import (
    KEY_PATTERN,
    MAX_KEY_LENGTH,
    LookupFile,
    LookupFiles,
    NotPublishedError,
    clean_key,
)
from orchestration.lookup.gate import too_many
from orchestration.lookup.openapi import describe
from orchestration.lookup.pages import answer_page, problem_page, search_page
from orchestration.lookup.problems import Problem, key_problem, request_problem, send
from orchestration.lookup.rate_limit import RateLimit
from orchestration.reference.months import Month

MAX_KEYS = 100
#: After this many keys of a batch, other requests get their turn.
_KEYS_AT_A_TIME = 10
_MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_REASON_OF_STATUS = {
    400: "malformed_body",
    404: "no_such_page",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}

_ABOUT_ONE = """\
按公安门牌编码、一房一码编码或房屋编号查一幢房屋的基本信息和安全信息。

404：没有这个编码、门牌未关联房屋、编码或房屋已注销、拆除；409：一个编码对应多幢房屋，或已换发、合并、
重编。原因见 reason，可改用的编码见 candidates。
"""
_ABOUT_MANY = f"""\
一次最多查{MAX_KEYS}个编码，按所给次序逐个返回，全部来自同一版查询库。某个编码查不到，不影响其他编码。
频率限制按编码个数计算。
"""

KeyText = Annotated[str, Field(pattern=KEY_PATTERN, max_length=MAX_KEY_LENGTH)]
Key = Annotated[
    str,
    Path(
        pattern=KEY_PATTERN,
        max_length=MAX_KEY_LENGTH,
        description="公安门牌编码、一房一码编码或房屋编号。Doorplate, building code or id.",
    ),
]
OfScheme = Annotated[Scheme | None, Query(description="只按这一种编码查。Only keys of this kind.")]
OfMonth = Annotated[
    str | None,
    Query(
        pattern=_MONTH_PATTERN,
        description="统计月份YYYY-MM；不填时为最近一个可查的月份。Month; the newest by default.",
    ),
]
_KEY = TypeAdapter[str](KeyText)


class Batch(BaseModel):
    """Keys to look up together."""

    model_config = ConfigDict(extra="forbid", strict=True)
    keys: list[str] = Field(
        min_length=1, max_length=MAX_KEYS, description=f"编码，1至{MAX_KEYS}个，可以重复。Keys."
    )
    month: str | None = Field(
        default=None, pattern=_MONTH_PATTERN, description="统计月份YYYY-MM；不填时为最近一个。"
    )


class BatchItem(BaseModel):
    """The answer to one key of a batch: a building or a problem, never both."""

    status: int = Field(description="200，或 problem 的状态码。")
    answer: Answer | None = Field(description="查到时的回答，否则为空。")
    problem: Problem | None = Field(description="查不到时的原因，否则为空。")


class BatchAnswer(BaseModel):
    """One item per requested key, in the same order, all from one file."""

    as_of: AsOf
    items: list[BatchItem] = Field(description="每个编码一项，次序与所给相同。")


class Months(BaseModel):
    """The months that can be looked up."""

    months: list[AsOf] = Field(description="可查的月份，最近的在前。Months, the newest first.")


def make_app(files: LookupFiles, limit: RateLimit, *, needs_token: bool) -> FastAPI:
    """Return the application over the look-up files; put a ``Gate`` in front of it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.state.files, app.state.limit = files, limit
    describe(app, needs_token=needs_token)
    _add_api(app)
    _add_pages(app)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(NotPublishedError, _not_published)
    app.add_exception_handler(sqlite3.Error, _damaged)
    app.add_exception_handler(Exception, _fault)
    return app


def _file(request: Request, month: str | None) -> LookupFile:
    files: LookupFiles = request.app.state.files
    return files.file(Month.parse(month) if month else None)


def _answer(file: LookupFile, key: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "as_of": file.as_of, "building": found}


def _add_api(app: FastAPI) -> None:
    @app.get(
        "/api/v1/buildings/{key}",
        response_model=Answer,
        summary="按编码查一幢房屋",
        description=_ABOUT_ONE,
        tags=["查询"],
    )
    async def building(
        request: Request, key: Key, scheme: OfScheme = None, month: OfMonth = None
    ) -> Response:
        """Answer one key."""
        file = _file(request, month)
        found = file.find(key, scheme)
        if isinstance(found, Refusal):
            return send(key_problem(found))
        return JSONResponse(_answer(file, key, found))

    @app.post(
        "/api/v1/batch",
        response_model=BatchAnswer,
        summary="一次查多个编码",
        description=_ABOUT_MANY,
        dependencies=[Depends(_json_only)],
        tags=["查询"],
    )
    async def batch(request: Request, requested: Batch) -> Response:
        """Answer several keys from one file."""
        limit: RateLimit = request.app.state.limit
        # the gate has taken one token already
        wait = limit.take(request.scope["client_name"], len(requested.keys) - 1)
        if wait:
            refused: Response = too_many(wait)
            return refused
        file = _file(request, requested.month)
        items = []
        for number, key in enumerate(requested.keys, start=1):
            items.append(_item(file, key))
            if number % _KEYS_AT_A_TIME == 0:
                await asyncio.sleep(0)
        return JSONResponse({"as_of": file.as_of, "items": items})

    @app.get(
        "/api/v1/months",
        response_model=Months,
        summary="可查的月份",
        description="列出可查的月份及其版次、状态；也可用来检查服务是否正常。",
        tags=["查询"],
    )
    async def months(request: Request) -> Response:
        """List the months that can be looked up."""
        files: LookupFiles = request.app.state.files
        listed = [files.file(Month.parse(month)).as_of for month in files.months()]
        return JSONResponse({"months": listed})


async def _json_only(request: Request) -> None:
    """Refuse a body whose Content-Type is not JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def _item(file: LookupFile, key: str) -> dict[str, Any]:
    problem = None if _is_key(key) else request_problem("malformed_key")
    found = file.find(key) if problem is None else None
    if isinstance(found, Refusal):
        problem = key_problem(found)
    if problem is not None or found is None or isinstance(found, Refusal):
        return {"status": problem and problem["status"], "answer": None, "problem": problem}
    return {"status": 200, "answer": _answer(file, key, found), "problem": None}


def _is_key(key: str) -> bool:
    try:
        _KEY.validate_python(key)
    except ValidationError:
        return False
    return True


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def search(request: Request, key: str = "") -> Response:
        """Show the search form, or with a key its building."""
        wanted = clean_key(key)
        if not wanted:
            return HTMLResponse(search_page(_file(request, None).as_of))
        return _page(request, wanted)

    @app.get("/building/{key}", include_in_schema=False)
    async def building_page(request: Request, key: str) -> Response:
        """Show one building."""
        return _page(request, clean_key(key))


def _page(request: Request, key: str) -> Response:
    file = _file(request, None)
    if not _is_key(key):
        problem = request_problem("malformed_key")
        return HTMLResponse(problem_page(file.as_of, "", problem), problem["status"])
    found = file.find(key)
    if isinstance(found, Refusal):
        problem = key_problem(found)
        return HTMLResponse(problem_page(file.as_of, key, problem), problem["status"])
    return HTMLResponse(answer_page(_answer(file, key, found)))


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/")


def _problem(
    request: Request,
    reason: str,
    errors: list[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a page for HTML paths, else as problem details."""
    problem = request_problem(reason, errors)
    if _is_page(request):
        return HTMLResponse(problem_page(None, "", problem), problem["status"], headers)
    return send(problem, headers)


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = _REASON_OF_STATUS.get(error.status_code, "invalid_request")
    return _problem(request, reason, headers=error.headers)


async def _validation_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # only where and why: the text that the client sent is not repeated
    errors = [f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()]
    is_key = any(e["loc"] == ("path", "key") for e in error.errors())
    return _problem(request, "malformed_key" if is_key else "invalid_request", errors)


async def _not_published(request: Request, error: Exception) -> Response:
    return _problem(request, "month_not_published" if str(error) else "nothing_published")


async def _damaged(request: Request, _error: Exception) -> Response:
    return _problem(request, "damaged")


async def _fault(request: Request, _error: Exception) -> Response:
    return _problem(request, "fault")
