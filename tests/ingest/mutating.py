"""Good deliveries and the ways to damage them, each drawn from a seeded generator.

A mutation takes the bytes of a file and returns others. Those of ``IN_TRANSIT`` happen to bytes
(a bad disk, a broken upload); those of ``IN_PARTS`` leave a valid zip, as a program with a bug
would write it.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from deliver import building, delimited, workbook
from ingest.builders import report

Mutation = Callable[[bytes, random.Random], bytes]
Parts = dict[str, bytes]

SURVEY = "building_survey"


def _ledger() -> list[dict[str, object]]:
    return [building(n, floor_area_m2=100 + n / 4, height_m=6 + n / 8) for n in range(1, 41)]


def good_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Write the good files; return path and kind by name."""
    report(folder / "report.xlsx")
    workbook(folder / "ledger.xlsx", SURVEY, _ledger())
    delimited(folder / "ledger.csv", SURVEY, _ledger())
    delimited(folder / "gb18030.csv", SURVEY, _ledger(), encoding="gb18030")
    return {
        "report.xlsx": (folder / "report.xlsx", "monthly_report"),
        "ledger.xlsx": (folder / "ledger.xlsx", SURVEY),
        "ledger.csv": (folder / "ledger.csv", SURVEY),
        "gb18030.csv": (folder / "gb18030.csv", SURVEY),
    }


def _flip(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 2, 8))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content))
    noise = draw.choice((b"\0", b"\xff", draw.randbytes(1))) * draw.randrange(1, 600)
    return content[:start] + noise[: len(content) - start] + content[start + len(noise) :]


def _truncate(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content))]


def _cut_out(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content))
    return content[:start] + content[start + draw.randrange(1, 600) :]


def _repeat(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content))
    end = start + draw.randrange(1, 600)
    return content[:end] + content[start:]


def _insert(content: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(content))
    what = draw.choice((b'"', b",", b"\n", b"\r", b"\0", b"\x1a", b"\xff", b";", b"<", b"\xe5"))
    return content[:start] + what * draw.choice((1, 1, 3)) + content[start:]


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def _zipped(parts: Parts) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _remove_part(content: bytes, draw: random.Random) -> bytes:
    parts = parts_of(content)
    del parts[draw.choice(sorted(parts))]
    return _zipped(parts)


def _duplicate_part(content: bytes, draw: random.Random) -> bytes:
    parts = parts_of(content)
    name = draw.choice(sorted(parts))
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(draw.choice((name.upper(), f"{name}.bak", f"copy/{name}")), parts[name])
    return target.getvalue()


def _swap_parts(content: bytes, draw: random.Random) -> bytes:
    parts = parts_of(content)
    first, second = draw.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]
    return _zipped(parts)


def _in_one_part(change: Mutation) -> Mutation:
    """Change one part and zip it anew, with the right checksum."""

    def mutate(content: bytes, draw: random.Random) -> bytes:
        parts = parts_of(content)
        # the parts that hold the data are drawn as often as all others together
        data = [name for name in parts if name.startswith(("xl/worksheets/", "xl/shared"))]
        name = draw.choice(sorted(draw.choice((data, list(parts)))))
        parts[name] = change(parts[name], draw)
        return _zipped(parts)

    return mutate


def _drop_tag(content: bytes, draw: random.Random) -> bytes:
    tag = draw.choice(list(re.finditer(rb"<[^>]*>", content)) or [None])
    return content if tag is None else content[: tag.start()] + content[tag.end() :]


def _drop_element(content: bytes, draw: random.Random) -> bytes:
    leaves = list(re.finditer(rb"<(\w+)\b[^<>]*(?:/>|>[^<]*</\1>)", content))
    leaf = draw.choice(leaves or [None])
    return content if leaf is None else content[: leaf.start()] + content[leaf.end() :]


def _rename_tag(content: bytes, draw: random.Random) -> bytes:
    tag = draw.choice(list(re.finditer(rb"<\w+", content)) or [None])
    return content if tag is None else content[: tag.end()] + b"x" + content[tag.end() :]


def _renumber(content: bytes, draw: random.Random) -> bytes:
    number = draw.choice(list(re.finditer(rb"\d+", content)) or [None])
    other = str(draw.choice((0, 1, 7, 99, 16385, 1048577, 2**31, 2**32, 2**64))).encode()
    return (
        content if number is None else content[: number.start()] + other + content[number.end() :]
    )


IN_TRANSIT: dict[str, Mutation] = {
    "flip": _flip,
    "overwrite": _overwrite,
    "truncate": _truncate,
    "cut out": _cut_out,
    "repeat": _repeat,
    "insert": _insert,
}
IN_PARTS: dict[str, Mutation] = {
    "remove a part": _remove_part,
    "duplicate a part": _duplicate_part,
    "swap two parts": _swap_parts,
    "flip in a part": _in_one_part(_flip),
    "truncate a part": _in_one_part(_truncate),
    "cut out of a part": _in_one_part(_cut_out),
    "repeat in a part": _in_one_part(_repeat),
    "drop a tag": _in_one_part(_drop_tag),
    "drop an element": _in_one_part(_drop_element),
    "rename a tag": _in_one_part(_rename_tag),
    "change a number": _in_one_part(_renumber),
}
