"""``datapackage.json``: the description of a month's open files in the Frictionless format.

It has a tabular resource for each CSV, with type, title and meaning of every column from the
metric registry and the marts, and a plain one for its Parquet twin. It names no licence, since
none was decided. Add here what programs must know about the files.
https://specs.frictionlessdata.io/tabular-data-package/
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orchestration.publication.bulletin import wording
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.open_data.disclosure_control import smallest_published_count
from orchestration.publication.open_data.open_tables import OpenColumn, OpenTable
from orchestration.reference import vocabulary
from orchestration.reference.months import chinese_date

_TYPES: dict[str, dict[str, Any]] = {
    "DATE": {"type": "date"},
    "TIMESTAMP": {"type": "datetime"},
    "BIGINT": {"type": "integer"},
    "INTEGER": {"type": "integer"},
    "DOUBLE": {"type": "number"},
    "DECIMAL": {"type": "number"},
    "BOOLEAN": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "VARCHAR": {"type": "string"},
}
_MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


def descriptor(
    bulletin: Bulletin,
    tables: Sequence[OpenTable],
    files: Mapping[str, bytes],
    released_at: datetime,
) -> bytes:
    """Return the descriptor of ``files`` (name to content) as JSON; they hold ``tables``."""
    of_tables = {f"{table.name}.csv": table for table in tables}
    package = {
        "profile": "data-package",
        "name": f"fangan-{bulletin.month}",
        "title": f"{''.join(bulletin.marks)}{bulletin.title}：开放数据",
        "description": _description(bulletin),
        "version": str(bulletin.vintage),
        "created": released_at.isoformat(),
        "keywords": [
            "房屋使用安全",
            "苏州市",
            *([vocabulary.DEMONSTRATION] * bulletin.is_simulated),
        ],
        "status": bulletin.status,
        "is_simulated": bulletin.is_simulated,
        "sources": _sources(bulletin),
        "resources": [
            _resource(name, content, of_tables.get(name)) for name, content in sorted(files.items())
        ],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _description(bulletin: Bulletin) -> str:
    limit = smallest_published_count()
    sentences = [
        *bulletin.status_notes,
        f"数据截至{chinese_date(bulletin.as_at)}。",
        f"镇街、村社区不为零且小于{limit}的数不公开；为使其不能由合计推算，另隐去同级的若干数，"
        "隐去了哪些见各行的 suppressed_measures。空值是缺报或隐去，不是零。",
        "CSV 为 UTF-8（带 BOM）；文本以等号等开头的，前加一个撇号。",
    ]
    return "".join(sentences)


def _sources(bulletin: Bulletin) -> list[dict[str, str]]:
    """Return the counted deliveries with district, kind and version."""
    return [
        {
            "title": f"{bulletin.district_name(row.district_id)}{wording.kind_name(row.kind)}，"
            f"第{row.version}次报送",
            "path": f"#{row.district_id}/{row.kind}/{row.version}",
        }
        for row in bulletin.deliveries
        if row.is_accepted
    ]


def _resource(name: str, content: bytes, table: OpenTable | None) -> dict[str, Any]:
    stem, _, suffix = name.rpartition(".")
    resource: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9._-]", "-", name.lower()),
        "path": name,
        "profile": "data-resource",
        "format": suffix,
        "mediatype": _MEDIA_TYPES[suffix],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if table is None:
        return resource | {"type": "file"}
    return resource | {
        "profile": "tabular-data-resource",
        "type": "table",
        "title": table.mart.description.partition("。")[0] or stem,
        "description": table.mart.description,
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.mart.key),
        },
    }


def _field(column: OpenColumn) -> dict[str, Any]:
    data_type = column.data_type.partition("(")[0]
    field = {
        "name": column.name,
        **_TYPES[data_type],
        "title": column.title,
        "description": column.description,
    }
    # a property of ours: whether a column may be added up is nowhere in Frictionless' words
    return field | ({"metricKind": column.kind} if column.kind else {})
