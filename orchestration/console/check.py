"""``fangan check``: reads and judges files without storing anything.

The files are judged as if they had been delivered, with the current waivers and corrections.
Rules that need other deliveries or earlier months are left to the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from orchestration.console.output import Record, conservation_line, print_table
from orchestration.ingest.deliveries import kind_of
from orchestration.ingest.names import name_key, shown_name, stored_name
from orchestration.ingest.part_names import part_of
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.reader.stated.titles import months_of, name_claims
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.ingest.reading import Reading
from orchestration.judgement.month_decisions import load_month_decisions
from orchestration.judgement.parts.located import with_files
from orchestration.judgement.parts.naming import colliding_files
from orchestration.judgement.parts.whole import Part, join_and_compare
from orchestration.judgement.plausible.figures import Figures
from orchestration.judgement.reports.report_rows import sort_out
from orchestration.judgement.steps import CrossChecked, OwnJudgement, cross_check, judge_arrival
from orchestration.judgement.storing import place
from orchestration.reference import vocabulary
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID, find_district
from orchestration.reference.metrics import metric_name, prose_unit
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import scratch_folder, sha256_of
from orchestration.store.records import Arrival, DeliveredFile

_SHOWN_FINDINGS = 50


def check_files(
    settings: Settings,
    paths: Sequence[Path],
    kind: str | None,
    month: str | None,
    district: str | None,
) -> list[Record]:
    """Return the state, counts, figures and findings of each file, as if delivered.

    Files of one month and district are also compared with each other; those that say they are parts
    of one delivery are judged as such, and give one record. Kind, month and district
    come from the options, else from the file's name and folders, else (month and district) from
    its content; the month at last from its name. Raises click.UsageError if one stays unknown.
    """
    with scratch_folder(settings.scratch, "check") as folder:
        scratch = replace(settings, home=folder, ledger_url=None)
        # a home without a key gets none here, since nothing may be stored
        key = name_key(settings) if settings.name_key.exists() else None
        with ReaderPool(name_key=key) as pool:
            files = [
                _read(scratch, pool, number, path, (kind, month, district))
                for number, path in enumerate(paths)
            ]
        judged = [_judged(scratch, together) for together in _deliveries(files)]
        checked = {
            one.own.arrival.delivery_id: one
            for together in _groups(judged)
            for one in cross_check(
                scratch, together, {}, together[0].arrival.month, together[0].arrival.district_id
            )
        }
        return [_record(checked[number]) for number in sorted(checked)]


@dataclass(frozen=True)
class _File:
    """One file as it was read, and the arrival that it would be by itself."""

    arrival: Arrival
    reading: Reading
    landing: Path
    notes: Path

    @property
    def part(self) -> DeliveredFile:
        return self.arrival.parts[0]


def _read(
    scratch: Settings,
    pool: ReaderPool,
    number: int,
    path: Path,
    options: tuple[str | None, str | None, str | None],
) -> _File:
    """Read one file and find out what it is.

    ``number`` takes the place of the arrival's number.
    """
    option_kind, option_month, option_district = options
    kind = option_kind or kind_of(path.name)
    if kind not in load_contracts():
        known = "、".join(f"{k}（{c.title}）" for k, c in load_contracts().items())
        raise click.UsageError(
            f"{mask(path.name)}：无法判断报表种类。Unknown kind; give --kind, one of: {known}"
        )
    landing, notes = (scratch.home / f"{number}{ending}.parquet" for ending in ("", ".notes"))
    reading = pool.read(path, load_contracts()[kind], landing, notes)
    month = _month(path, option_month, reading.as_at)
    district_id = _district(path, option_district, reading.districts_named)
    name = stored_name(path, pool.name_key)
    arrival = _arrival(number, path, name, kind, month, district_id)
    return _File(arrival, reading, landing, notes)


def _deliveries(files: Sequence[_File]) -> list[list[_File]]:
    """Return the files of each delivery: those that say they are parts of one, each other alone."""
    together: dict[tuple[object, ...], list[_File]] = {}
    for file in files:
        arrival = file.arrival
        alone = str(arrival.delivery_id) if file.part.of is None else ""
        place = (arrival.month, arrival.district_id, arrival.kind, alone)
        together.setdefault(place, []).append(file)
    return [sorted(parts, key=lambda file: file.part.part or 0) for parts in together.values()]


def _judged(scratch: Settings, files: Sequence[_File]) -> OwnJudgement:
    """Judge one delivery by itself."""
    arrival, landing = files[0].arrival, files[0].landing
    place(scratch.landing, arrival, "").parent.mkdir(parents=True, exist_ok=True)
    if len(files) > 1:
        names = "、".join(file.part.file_name for file in files)
        arrival = replace(arrival, file_name=names, parts=tuple(file.part for file in files))
        landing = place(scratch.landing, arrival, "")
    if colliding_files(arrival):
        reading = Reading(kind=arrival.kind)
    elif len(files) > 1:
        parts = [Part(f.part.file_name, f.reading, f.landing, f.notes) for f in files]
        notes = place(scratch.landing, arrival, ".notes")
        reading = join_and_compare(scratch, arrival, parts, landing, notes)
    else:
        reading = sort_out(arrival, files[0].reading, landing)
    decisions = load_month_decisions(scratch, arrival.month, arrival.district_id)
    return judge_arrival(scratch, arrival, reading, landing, decisions.of_kind(arrival.kind))


def _groups(judged: Sequence[OwnJudgement]) -> Iterator[list[OwnJudgement]]:
    """Yield the files of one month and district together, at most one a kind."""
    groups: dict[tuple[Month, str, int], dict[str, OwnJudgement]] = {}
    for own in judged:
        arrival = own.arrival
        turn = 0
        while arrival.kind in groups.get((arrival.month, arrival.district_id, turn), {}):
            turn += 1
        groups.setdefault((arrival.month, arrival.district_id, turn), {})[arrival.kind] = own
    for group in groups.values():
        yield list(group.values())


def _record(judged: CrossChecked) -> Record:
    own = judged.own
    reading, stored = own.reading, own.stored
    kept = reading.itemised_rows + stored.accepted_count + stored.quarantined_count
    placed = with_files(judged.findings, own.arrival, reading)
    findings = (placed if reading.parts else judged.findings).astype(object)
    return {
        "file": own.arrival.file_name,
        "kind": own.arrival.kind,
        "month": str(own.arrival.month),
        "district_id": own.arrival.district_id,
        "state": own.result.state,
        "as_at": reading.as_at,
        "figures": dict(own.result.figures),
        "row_count": reading.file_rows,
        "accepted_count": stored.accepted_count,
        "quarantined_count": stored.quarantined_count,
        "itemised_count": reading.itemised_rows,
        "itemised": reading.itemised_by_role,
        "is_conserved": reading.file_rows == kept,
        "normalised_count": reading.normalised_count,
        "findings": findings.where(findings.notna(), None).to_dict("records"),
        "failed_rules": [v.rule_id for v in judged.verdicts if v.asks_for_action],
        "not_applicable_count": sum(v.outcome == "not_applicable" for v in judged.verdicts),
        "waived_count": sum(judged.passed.values()),
        "corrections": {
            state: sum(outcome.status == state for outcome in own.corrected)
            for state in vocabulary.CORRECTION_STATES
        },
    }


def _arrival(
    number: int, path: Path, name: str, kind: str, month: Month, district_id: str
) -> Arrival:
    sha256 = sha256_of(path)
    part = DeliveredFile(name, sha256, *(part_of(shown_name(path)) or (None, None)))
    size = path.stat().st_size
    return Arrival(number, month, district_id, kind, 1, name, sha256, size, (part,), "")


def _month(path: Path, option: str | None, as_at: str | None) -> Month:
    folder = path.resolve().parent.parent.name
    named = months_of(name_claims(path.name))
    for text in (option, folder, (as_at or "")[:7], *named):
        if text:
            try:
                return Month.parse(text)
            except ValueError as error:
                if text == option:
                    raise click.UsageError(str(error)) from error
    raise click.UsageError(
        f"{mask(path.name)}：无法判断月份。Unknown month; give --month, for example 2022-10"
    )


def _district(path: Path, option: str | None, named: list[str]) -> str:
    folder = path.resolve().parent.name
    found = option or find_district(folder) or (named[0] if len(named) == 1 else None)
    if found is None:
        raise click.UsageError(
            f"{mask(path.name)}：无法判断报送地区。Unknown district; give --district"
        )
    return found if found != CITY_ID or not named else named[0]


def show(record: Record) -> None:
    """Print the state, the counts and the first findings of a checked file."""
    click.echo(
        f"{record['file']}：{vocabulary.STATES[record['state']]}；"
        f"规范化单元格 {record['normalised_count']} 个"
    )
    click.echo(conservation_line(record))
    for line in _notes(record):
        click.echo(line)
    if record["figures"]:
        print_table(f"本文件将计入（{_as_at(record)}）", _counted(record["figures"]))
    if record["findings"]:
        shown = record["findings"][:_SHOWN_FINDINGS]
        print_table(
            f"问题 {len(record['findings'])} 项"
            + (f"，显示前 {_SHOWN_FINDINGS} 项" if len(shown) < len(record["findings"]) else ""),
            [
                {
                    "规则": f["rule_id"],
                    "程度": vocabulary.SEVERITIES[f["severity"]],
                    **({"文件": f["file_name"]} if "file_name" in f else {}),
                    "工作表": f["sheet"],
                    "单元格": f["cell"],
                    "问题": f["message"],
                    "改法": f["remedy"],
                }
                for f in shown
            ],
        )


def _as_at(record: Record) -> str:
    return f"截至{record['as_at']}" if record["as_at"] else "没有注明截至日期"


def _counted(figures: Figures) -> list[Record]:
    """Return one row per figure: its name, the number that would be counted, its unit."""
    return [
        {
            "指标": metric_name(name),
            "数": f"{value:,}",
            "单位": prose_unit(name),
        }
        for name, value in figures.items()
    ]


def _notes(record: Record) -> Iterator[str]:
    """Yield the effect of corrections and waivers, and the number of rules left to the run."""
    corrected = [
        f"{name} {record['corrections'][state]}"
        for state, name in vocabulary.CORRECTION_STATES.items()
        if record["corrections"][state]
    ]
    if corrected:
        yield f"更正：{'，'.join(corrected)}"
    if record["waived_count"]:
        yield f"豁免：{record['waived_count']} 行按豁免放行"
    if record["not_applicable_count"]:
        yield (
            f"{record['not_applicable_count']} 条规则不适用，"
            "或须与其他报送、以往月份对照，统计时再判定"
        )
