"""The servers that several hosts can share: addresses of the ledger's database and the store.

Without them a home has everything. Read where they are needed; ``store`` knows what is there.
"""

from __future__ import annotations

import os

from orchestration.choices import ConfigurationError


def ledger_url() -> str | None:
    """Return ``FANGAN_LEDGER``; raise ConfigurationError for what is no PostgreSQL address."""
    url = os.environ.get("FANGAN_LEDGER") or None
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(
            "FANGAN_LEDGER 须以 postgresql:// 开头；不设则记录库在数据目录中。Write it as"
            " postgresql://USER@HOST/DATABASE, or unset it: then the ledger is a file in the home"
        )
    return url


def store_url() -> str | None:
    """Return ``FANGAN_STORE``: the store that hosts share, if it is not the home's own folders.

    Raises ConfigurationError for what is neither ``s3://BUCKET/PREFIX`` nor ``file:///FOLDER``.
    """
    url = os.environ.get("FANGAN_STORE") or None
    if url and not url.startswith(("s3://", "file:///")):
        raise ConfigurationError(
            f"FANGAN_STORE={url}：须以 s3:// 或 file:/// 开头。Write it as s3://BUCKET/PREFIX or"
            " file:///FOLDER, or unset it: then all files are in the home"
        )
    return url
