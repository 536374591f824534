"""``fangan serve``: the look-up service on a socket, with its tokens, rate limit and log.

The service itself is in ``orchestration.lookup``; the limits for one client are set here.
"""

from __future__ import annotations

import gc
import socket
from pathlib import Path

import click

from orchestration.lookup.file_reading import LookupFiles
from orchestration.lookup.tokens import TokenError, Tokens, load_tokens, need_tokens
from orchestration.settings import Settings, lookup_token

_BURST_SECONDS = 2
_MIN_BURST = 200


def serve(settings: Settings, host: str, port: int, rate: float, token_file: Path | None) -> None:
    """Serve look-ups until interrupted.

    Raises click.UsageError if the address cannot be used, if a token is too weak, or if the
    address is reachable from other machines and there is no token.
    """
    import uvicorn

    from orchestration.lookup.access_log import AccessLog
    from orchestration.lookup.gate import Gate
    from orchestration.lookup.rate_limit import RateLimit
    from orchestration.lookup.service import make_app

    try:
        tokens = load_tokens(lookup_token(), token_file)
    except TokenError as error:
        raise click.UsageError(str(error)) from error
    if need_tokens(host) and not tokens:
        raise click.UsageError(
            f"{host} 可从其他机器访问，须设置令牌。Other machines can reach {host}, so a token is"
            " needed: --token-file FILE or FANGAN_LOOKUP_TOKEN"
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
    # everything loaded so far stays: the garbage collector need not delay requests over it
    gc.collect()
    gc.freeze()
    server = uvicorn.Server(
        uvicorn.Config(
            gate,
            log_level="warning",
            # uvicorn's access log would contain the keys; ours does not
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
        )
    )
    try:
        server.run(sockets=[listener])
    finally:
        # else DuckDB's module lists, as the process ends, what the collector was not shown
        gc.unfreeze()
