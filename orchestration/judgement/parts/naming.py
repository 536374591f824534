"""Files of one kind that lie together: one delivery in parts, or files that collide.

Says in Chinese which part is missing, twice or misnamed. Add here what names alone can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from orchestration.ingest.part_names import are_whole
from orchestration.ingest.reading import MAX_PARTS, Problem
from orchestration.reference.contracts import load_contracts
from orchestration.store.records import Arrival, DeliveredFile

#: Files that cannot be read as one delivery.
SEVERAL_FILES = "several_files"


def colliding_files(arrival: Arrival) -> list[Problem]:
    """Return why the files of an arrival are not one delivery; nothing if they are."""
    files = arrival.parts
    if are_whole(files) and len(files) <= MAX_PARTS:
        return []
    title = load_contracts()[arrival.kind].title
    if all(file.of is None for file in files):
        return [
            Problem(
                SEVERAL_FILES,
                f"同时报送了 {len(files)} 个{title}文件：{_names(files)}，无法判断采用哪一个",
                "只保留应当采用的一个文件",
            )
        ]
    return list(_badly_named(title, files))


def _badly_named(title: str, files: Sequence[DeliveredFile]) -> Iterator[Problem]:
    """Yield what is wrong with files of which some say that they are parts."""
    unnamed = [file for file in files if file.of is None]
    if unnamed:
        yield Problem(
            SEVERAL_FILES,
            f"{title}的{_names(unnamed)}没有写明是第几部分，却与各部分同时报送，无法判断采用哪一个",
            "它也是一部分的，文件名写明“第几部分共几”；不是的，移走它，或只保留它一个文件",
        )
    named = [file for file in files if file.of is not None]
    counts = sorted({file.of or 0 for file in named})
    if len(counts) > 1:
        said = "、".join(f"“{file.file_name}”写共 {file.of} 个部分" for file in named)
        yield Problem(
            SEVERAL_FILES,
            f"{title}各文件名写的总部分数不一致：{said}",
            "核对共分几部分，把各文件名中的“共几”改为同一个数",
        )
        return
    yield from _out_of_place(title, named, counts[0])


def _out_of_place(title: str, named: Sequence[DeliveredFile], count: int) -> Iterator[Problem]:
    """Yield the parts that cannot be, that are there twice, and those that are missing."""
    if count > MAX_PARTS:
        yield Problem(
            SEVERAL_FILES,
            f"{title}分 {count} 个部分报送，最多可分 {MAX_PARTS} 个",
            f"合并为不超过 {MAX_PARTS} 个文件",
        )
        return
    by_part: dict[int, list[DeliveredFile]] = defaultdict(list)
    for file in named:
        by_part[file.part or 0].append(file)
    for part, files in sorted(by_part.items()):
        if not 1 <= part <= count:
            yield Problem(
                SEVERAL_FILES,
                f"{title}的{_names(files)}写的是第 {part} 部分，而总共只有 {count} 个部分",
                "核对后改正文件名中的“第几部分共几”",
            )
        elif len(files) > 1:
            yield Problem(
                SEVERAL_FILES,
                f"{title}的第 {part} 部分有 {len(files)} 个文件：{_names(files)}，"
                "无法判断采用哪一个",
                "每一部分只保留应当采用的一个文件；编号写错的，改正文件名",
            )
    missing = [part for part in range(1, count + 1) if part not in by_part]
    if missing:
        listed = "、".join(map(str, missing))
        yield Problem(
            SEVERAL_FILES,
            f"{title}分 {count} 个部分报送，缺第 {listed} 部分，只收到 {len(by_part)} 个",
            f"补齐第 {listed} 部分（文件名写“第{missing[0]}部分共{count}”的样式），"
            "与其他部分放在一起；已收到的各部分不必重报",
        )


def _names(files: Sequence[DeliveredFile]) -> str:
    return "、".join(f"“{file.file_name}”" for file in files)
