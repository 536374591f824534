"""A server that speaks S3 for tests: moto's, on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

_NUMBERS = count(1)


@contextmanager
def running_s3() -> Iterator[dict[str, str]]:
    """Yield the environment that leads to an empty server; skip the test without moto or s3fs."""
    for name, extra in (("moto", "dev"), ("s3fs", "s3")):
        pytest.importorskip(name, reason=f"no {name}: pip install 'fangan[{extra}]'")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.stop()


def new_bucket(environment: dict[str, str]) -> str:
    """Make an empty bucket; return the address of a prefix in it."""
    import boto3

    client: Any = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"])
    name = f"bucket-{next(_NUMBERS)}"
    client.create_bucket(Bucket=name)
    return f"s3://{name}/suzhou"
