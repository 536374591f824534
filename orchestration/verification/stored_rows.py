"""Deliveries and what is made of them: archive, landing, judged rows, samples, matching."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from orchestration.judgement.storing import place
from orchestration.matching.month import read_receipt
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import district_in, folder_codes
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import archive_path
from orchestration.store.files import sha256_of
from orchestration.store.records import Arrival, JudgedFile
from orchestration.verification.damage import Damage, Examination, Fault, Remedy


def examine_archive(examination: Examination) -> None:
    """Hold every archived version against its name, and look for all that ever arrived."""
    settings, ledger = examination.settings, examination.ledger
    for month in filter(examination.covers, ledger.months_of_arrivals()):
        for arrival in ledger.arrivals(month).values():
            for part in arrival.parts:
                told = Damage(
                    "存档 archive",
                    _below(settings, archive_path(settings.archive, part.sha256)),
                    Fault.LOST,
                    Remedy.BACKUP,
                    f"{_place(arrival.month, arrival.district_id, arrival.kind)}"
                    f" 第{arrival.version}次报送的原件 the delivered file",
                    since=f"到达 arrived {arrival.arrived_at}",
                    month=month,
                )
                if not examination.hold(part.sha256, told):
                    _name_twin(examination, arrival, part.sha256)
    if examination.month is None:
        # texts of editors and files that nobody could place are archived, too
        for path in _files(settings.archive):
            if path not in examination.known and not path.name.startswith("."):
                other = Damage(
                    "存档 archive",
                    _below(settings, path),
                    Fault.CHANGED,
                    Remedy.BACKUP,
                    "存档的文稿或无法归类的文件 texts, or a file that nobody could place",
                )
                examination.hold(path.name, other)


def _name_twin(examination: Examination, arrival: Arrival, sha256: str) -> None:
    """Say where the same bytes still lie, if the district's folder has them."""
    settings = examination.settings
    for code in folder_codes(arrival.district_id):
        for path in _files(settings.raw / str(arrival.month) / code):
            if not path.is_symlink() and sha256_of(path) == sha256:
                told = examination.damages.pop()
                detail = f"{told.detail} 同样的内容在 the same bytes are in {path}".strip()
                examination.damages.append(replace(told, detail=detail))
                return


def examine_judgements(examination: Examination) -> None:
    """Hold what was read and what was judged of each delivery against the ledger."""
    ledger = examination.ledger
    for month in filter(examination.covers, ledger.months_of_arrivals()):
        arrivals = ledger.arrivals(month)
        for delivery_id, (landing, notes, read_at) in ledger.last_readings(month).items():
            _hold_reading(examination, arrivals[delivery_id], (landing, notes), read_at)
    for month in filter(examination.covers, ledger.months()):
        for judged in ledger.judged_files(month):
            if judged.is_in_use:
                examination.hold(judged.file.sha256, _of_judgement(judged))
            else:
                examination.known.add(examination.settings.home / judged.file.path)


def _hold_reading(
    examination: Examination, arrival: Arrival, hashes: tuple[str, str], read_at: str
) -> None:
    settings = examination.settings
    for sha256, ending in zip(hashes, ("", ".notes"), strict=True):
        path = place(settings.landing, arrival, ending)
        told = Damage(
            "读取结果 landing",
            _below(settings, path),
            Fault.LOST,
            Remedy.JUDGE,
            f"{_place(arrival.month, arrival.district_id, arrival.kind)}"
            "的退回文件与版次比较 return packages, comparing versions",
            since=f"读取于 read {read_at}",
            month=arrival.month,
            district_id=arrival.district_id,
            delivery_id=arrival.delivery_id,
        )
        if sha256:
            examination.hold(sha256, told)
        elif path.exists():
            # read before notes had a hash
            examination.known.add(path)
            with examination.reading(told):
                pq.read_table(path)


def _of_judgement(judged: JudgedFile) -> Damage:
    rooms = {"accepted": "计入的行 rows that count", "quarantine": "隔离的行 rows held back"}
    return Damage(
        f"{rooms.get(judged.name, '判定结果 results of judging')}",
        judged.file.path,
        Fault.LOST,
        Remedy.JUDGE,
        f"{_place(judged.month, judged.district_id, judged.kind)}"
        "的统计与退回 figures and return packages",
        since=f"判定于 judged {judged.judged_at}",
        month=judged.month,
        district_id=judged.district_id,
        delivery_id=judged.delivery_id,
    )


def examine_samples(examination: Examination) -> None:
    """Hold every drawn sample against the ledger."""
    for sample in examination.ledger.samples():
        if examination.covers(sample.month):
            told = Damage(
                "样本 sample",
                sample.file.path,
                Fault.LOST,
                Remedy.BACKUP,
                f"{sample.month} 起的抽检 the inspection from then on",
                since=f"抽取于 drawn {sample.drawn_at}",
                month=sample.month,
            )
            examination.hold(sample.file.sha256, told)


def examine_matching(examination: Examination) -> None:
    """Hold the results of matching against their receipts, and read the histories made of them."""
    settings = examination.settings
    for folder in sorted(settings.matching.glob("????-??")):
        month = Month.parse(folder.name)
        if not examination.covers(month):
            continue
        told = Damage(
            "匹配结果 matching",
            _below(settings, folder / "receipt.json"),
            Fault.LOST,
            Remedy.MATCH,
            f"{month} 及以后的房码匹配 matched codes from {month} on",
            month=month,
        )
        examination.known |= {folder / "receipt.json", folder / "identifiers.json"}
        with examination.reading(told):
            receipt = read_receipt(settings, month)
            for file in receipt.files.values() if receipt else ():
                examination.hold(file.sha256, replace(told, path=file.path))
        _hold_histories(examination, folder, told)
    if examination.month is None:
        _read_parsed(examination)


def _hold_histories(examination: Examination, folder: Path, told: Damage) -> None:
    stamp = folder / "identifiers.json"
    if not stamp.exists():
        return
    with examination.reading(replace(told, path=_below(examination.settings, stamp))):
        content = json.loads(stamp.read_text(encoding="utf-8"))
        # a list where it was made before histories had hashes
        hashes = content["files"] if isinstance(content, dict) else {}
        for name, sha256 in hashes.items():
            below = _below(examination.settings, folder / name)
            examination.hold(sha256, replace(told, path=below))
        examination.known.update(folder.glob("identifier*.parquet"))


def _read_parsed(examination: Examination) -> None:
    """Read the addresses that were parsed before: a cache, each file with its hash beside it."""
    settings = examination.settings
    for path in _files(settings.matching / "parsed"):
        if path.suffix != ".parquet" or path.name.startswith("."):
            continue
        told = Damage(
            "地址缓存 parsed addresses",
            _below(settings, path),
            Fault.CHANGED,
            Remedy.SET_ASIDE,
            "以后的匹配 matching from now on; the texts are parsed again",
        )
        examination.known.add(path)
        with examination.reading(told):
            pq.read_table(path)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _below(settings: Settings, path: Path) -> str:
    return str(path.relative_to(settings.home))


def _place(month: Month, district_id: str, kind: str) -> str:
    contract = load_contracts().get(kind)
    name = district_in(district_id, month).district_name
    return f"{month} {name}{contract.title if contract else kind}"
