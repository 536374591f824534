"""``fangan sample``: draws the inspection sample, prints it, and writes the contractors' lists.

Drawing is in ``sampling``, the lists are in ``returns.sample_lists``.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from orchestration.console.arguments import person
from orchestration.console.output import Record, path_from_here, print_table
from orchestration.reference.deadlines import suzhou_clock
from orchestration.reference.districts import district_in, reporting_districts
from orchestration.reference.inspection_groups import groups_in
from orchestration.reference.months import Month
from orchestration.returns.sample_lists import write_sample_lists
from orchestration.sampling.draw import SampleSizeError
from orchestration.sampling.monthly_sample import (
    Drawn,
    NoLedgerError,
    NotApprovedError,
    OtherSampleError,
    draw_sample,
)
from orchestration.settings import Settings


def draw(
    settings: Settings,
    month: Month,
    *,
    size: int,
    seed: int,
    drawn_by: str | None,
    approver: str | None,
    is_redrawn: bool,
    without_absent: bool,
    out: Path | None,
) -> Record:
    """Draw the sample or load the existing one, write its lists to ``out``, return a record.

    Without ``out`` the lists are written beside the sample. Raises click.ClickException if
    ledgers or an approval are missing, click.UsageError for a size that the frame does not allow,
    if another sample exists already, and for a district without an inspection group.
    """
    without_group = [d for d in reporting_districts(month) if d.district_id not in groups_in(month)]
    if without_group:
        names = "、".join(district.district_name for district in without_group)
        raise click.UsageError(f"{names}在 {month} 没有核查组，请在 inspection_groups.csv 补一行")
    try:
        drawn = draw_sample(
            settings,
            month,
            size=size,
            seed=seed,
            drawn_by=person(drawn_by, "--drawn-by"),
            approved_by=approver,
            is_redrawn=is_redrawn,
            without_absent=without_absent,
        )
    except NoLedgerError as error:
        names = "、".join(district_in(d, month).district_name for d in error.district_ids)
        raise click.ClickException(
            f"{month.chinese}没有采用的既有建筑排查台账：{names}。"
            f"请先统计该月（fangan month {month}），或加 --without-absent 只从其余地区抽取"
        ) from error
    except NotApprovedError as error:
        raise click.ClickException(str(error)) from error
    except SampleSizeError as error:
        raise click.UsageError(f"样本数不合适：{error}") from error
    except OtherSampleError as error:
        kept = error.sample
        raise click.UsageError(
            f"{month.chinese}已有样本（{kept.size} 幢，随机种子 {kept.seed}，"
            f"总体 {kept.frame_sha256[:12]}），与本次不同："
            "样本数、随机种子或台账有变。确需重新抽取的，加 --redraw"
        ) from error
    folder = out or settings.samples / str(month)
    drawn_at = suzhou_clock(datetime.fromisoformat(drawn.sample.drawn_at))
    files = write_sample_lists(folder, month, drawn.rows, drawn_at, is_simulated=drawn.is_simulated)
    return _record(drawn, month, files)


def _record(drawn: Drawn, month: Month, files: list[Path]) -> Record:
    kept, groups = drawn.sample, groups_in(month)
    counts = Counter(drawn.rows["district_id"].to_pylist())
    return {
        "month": str(month),
        "size": kept.size,
        "seed": kept.seed,
        "frame_count": kept.frame_count,
        "frame_sha256": kept.frame_sha256,
        "sample_sha256": kept.file.sha256,
        "drawn_at": kept.drawn_at,
        "drawn_by": kept.drawn_by,
        "approver": kept.approved_by,
        "is_new": drawn.is_new,
        "absent": list(kept.absent),
        "strata_without_sample": drawn.strata_without_sample,
        "districts": [
            {
                "district_id": district.district_id,
                "district_name": district.district_name,
                "inspection_group": groups[district.district_id].inspection_group,
                "contractor": groups[district.district_id].contractor,
                "sampled_count": counts[district.district_id],
            }
            for district in reporting_districts(month)
        ],
        "files": [str(path) for path in files],
    }


def show(record: Record) -> None:
    """Print the sample by district, and the paths of the lists."""
    print_table(
        f"{record['month']} 抽检样本",
        [
            {
                "地区": row["district_name"],
                "核查组": row["inspection_group"],
                "实施单位": row["contractor"],
                "抽中": row["sampled_count"],
            }
            for row in record["districts"]
        ],
    )
    kept = "新抽取" if record["is_new"] else "与已有样本相同，没有重新抽取"
    click.echo(
        f"{kept}：从 {record['frame_count']} 幢中抽取 {record['size']} 幢，"
        f"随机种子 {record['seed']}，"
        f"总体 SHA-256 {record['frame_sha256']}"
    )
    persons = (("抽取人", record["drawn_by"]), ("批准人", record["approver"]))
    click.echo("，".join(f"{role} {name}" for role, name in persons if name))
    if record["strata_without_sample"]:
        click.echo(
            f"有 {record['strata_without_sample']} 层（地区×类别×隐患初判）因幢数太少没有抽到，"
            "加权合格率不代表这些层；用 --redraw 重新抽取时，过小的层并入相邻的层。"
        )
    for path in record["files"]:
        click.echo(path_from_here(path))
