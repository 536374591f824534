"""``fangan lookup`` and ``fangan serve``: finding a building, making the file, serving it."""

from __future__ import annotations

import gc
import socket
import sqlite3
from pathlib import Path

import click

from orchestration.console.output import Record, print_table
from orchestration.lookup.answers import SCHEMES, SOURCES, Refusal
from orchestration.lookup.assembling import Assembled, assemble_lookup, lookup_file, renew_lookup
from orchestration.lookup.columns import ALTERATION_CASE, DANGER_CASE, basic_columns, safety_columns
from orchestration.lookup.loading import NothingToLookUpError
from orchestration.lookup.problems import key_problem
from orchestration.lookup.reading import LookupFiles, NotPublishedError, clean_key
from orchestration.lookup.tokens import TokenError, Tokens, load_tokens, need_tokens
from orchestration.reference.kinds import ALTERATION_CASES, DANGER_CASES
from orchestration.reference.months import Month
from orchestration.settings import Settings, lookup_token

_BURST_SECONDS = 2
_MIN_BURST = 200


def build(settings: Settings, month: Month) -> Record:
    """Make the month's look-up file; raise click.UsageError if there is nothing to make it of."""
    try:
        made = assemble_lookup(settings, month)
    except NothingToLookUpError as error:
        raise click.UsageError(str(error)) from error
    return _record(month, made)


def build_if_any(settings: Settings, month: Month) -> Record | None:
    """Make the look-up file of a month that is being released; None if it has no ledgers.

    The caller holds the month's lock.
    """
    try:
        return _record(month, renew_lookup(settings, month))
    except NothingToLookUpError:
        return None


def _record(month: Month, made: Assembled) -> Record:
    return {
        "month": str(month),
        "file": str(made.path),
        "building_count": made.subject_count,
        "key_count": made.identifier_count,
    }


def find(settings: Settings, key: str, month: Month | None) -> Record:
    """Return the answer to a key, or the problem with it, as the service would.

    Raises click.UsageError if no look-up file is there, click.ClickException if it is damaged.
    """
    try:
        file = LookupFiles(settings.lookups).file(month)
        found = file.find(clean_key(key))
    except NotPublishedError as error:
        raise click.UsageError(
            "没有查询库。No look-up file: it is made by fangan release, or by"
            f" fangan lookup --build --month {month or '2022-10'}"
        ) from error
    except sqlite3.DatabaseError as error:
        path = lookup_file(settings, month or "*")
        raise click.ClickException(
            f"查询库损坏，请重新生成。{path} is damaged; make it again: fangan lookup --build"
        ) from error
    if isinstance(found, Refusal):
        return {"as_of": file.as_of, "problem": key_problem(found)}
    return {"key": clean_key(key), "as_of": file.as_of, "building": found}


def show(record: Record) -> None:
    """Print an answer for people."""
    click.echo(record["as_of"]["note"])
    if "problem" in record:
        problem = record["problem"]
        click.echo(f"{problem['title']}：{problem['detail']}")
        print_table(
            "",
            [
                {"编码种类": SCHEMES[c["scheme"]], "编码": c["key"], "地址": c["address"] or ""}
                for c in problem["candidates"]
            ],
        )
        return
    building = record["building"]
    facts = {"地区": building["district_name"], "截至日期": building["as_at"]}
    told = building["basic"] | building["safety"]
    facts |= {c.label: c.text(told[c.name]) for c in (*basic_columns(), *safety_columns())}
    if not building["is_in_ledger"]:
        click.echo("本月排查台账中没有这幢房屋，以下只有一房一码库的登记。")
    print_table("", [{"项目": k, "内容": _said(v)} for k, v in facts.items()])
    for title, name, words in (
        ("危房案件", DANGER_CASES, DANGER_CASE),
        ("未办结的违法拆改案件", ALTERATION_CASES, ALTERATION_CASE),
    ):
        cases = building["safety"][name]
        if cases:
            print_table(title, [{words[f]: _said(v) for f, v in c.items()} for c in cases])
        else:
            click.echo(f"{title}：{'不掌握' if cases is None else '无'}")
    print_table(
        "编码",
        [
            {"种类": SCHEMES[i["scheme"]], "编码": i["value"], "来源": SOURCES[i["source"]]}
            for i in building["identifiers"]
        ],
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "—" if value is None else str(value)


def serve(settings: Settings, host: str, port: int, rate: float, token_file: Path | None) -> None:
    """Serve look-ups until interrupted.

    Raises click.UsageError for an address that cannot be listened on, tokens that protect
    nothing, or none where one is needed.
    """
    import uvicorn

    from orchestration.lookup.access_log import AccessLog
    from orchestration.lookup.gate import Gate
    from orchestration.lookup.rate import RateLimit
    from orchestration.lookup.service import make_app

    try:
        tokens = load_tokens(lookup_token(), token_file)
    except TokenError as error:
        raise click.UsageError(str(error)) from error
    if need_tokens(host) and not tokens:
        raise click.UsageError(
            f"{host} 可从本机以外访问，须有令牌。{host} can be reached from elsewhere and needs a"
            " token: --token-file FILE or FANGAN_LOOKUP_TOKEN"
        )
    limit = RateLimit(rate, max(_MIN_BURST, rate * _BURST_SECONDS))
    app = make_app(LookupFiles(settings.lookups), limit, needs_token=bool(tokens))
    log = AccessLog(settings.logs / "lookup.jsonl")
    gate = Gate(app, tokens=Tokens(tokens), limit=limit, log=log, is_local=not tokens)
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise click.UsageError(f"不能监听 {host}:{port}。Cannot listen: {error}") from error
    click.echo(f"http://{host}:{listener.getsockname()[1]}/", err=True)
    # what is loaded now stays; looking through it for garbage would make a request wait
    gc.collect()
    gc.freeze()
    server = uvicorn.Server(
        uvicorn.Config(
            gate,
            log_level="warning",
            # its access log would hold what was looked up; ours does not
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
        )
    )
    server.run(sockets=[listener])
