"""Checks deliveries and what is made from them: archive, landing, judged rows, samples, matching.

Add a folder of Parquet files that the ledger or a receipt names here.
"""

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
    """Compare every archived file with the hash in its name; report arrivals without a file."""
    settings, ledger = examination.settings, examination.ledger
    for month in filter(examination.covers, ledger.months_of_arrivals()):
        for arrival in ledger.arrivals(month).values():
            for part in arrival.parts:
                damage = Damage(
                    "存档 archive",
                    _below(settings, archive_path(settings.archive, part.sha256)),
                    Fault.LOST,
                    Remedy.BACKUP,
                    f"{_place(arrival.month, arrival.district_id, arrival.kind)}"
                    f" 第{arrival.version}次报送的原件 the delivered file",
                    since=f"到达 arrived {arrival.arrived_at}",
                    month=month,
                )
                if not examination.check_hash(part.sha256, damage):
                    _mention_raw_copy(examination, arrival, part.sha256)
    if examination.month is None:
        # editors' texts and files of unknown kind are archived, too
        for path in _files(settings.archive):
            if path not in examination.known and not path.name.startswith("."):
                other = Damage(
                    "存档 archive",
                    _below(settings, path),
                    Fault.CHANGED,
                    Remedy.BACKUP,
                    "存档的文稿或无法归类的文件 editors' texts or files of unknown kind",
                )
                examination.check_hash(path.name, other)


def _mention_raw_copy(examination: Examination, arrival: Arrival, sha256: str) -> None:
    """Add the path of a file with the same bytes, if the district's folder still has one."""
    settings = examination.settings
    for code in folder_codes(arrival.district_id):
        for path in _files(settings.raw / str(arrival.month) / code):
            if not path.is_symlink() and sha256_of(path) == sha256:
                damage = examination.damages.pop()
                detail = f"{damage.detail} 同样的内容在 the same bytes are in {path}".strip()
                examination.damages.append(replace(damage, detail=detail))
                return


def examine_judgements(examination: Examination) -> None:
    """Compare the landing and the judged rows of each delivery with the ledger."""
    ledger = examination.ledger
    for month in filter(examination.covers, ledger.months_of_arrivals()):
        arrivals = ledger.arrivals(month)
        for delivery_id, (landing, notes, read_at) in ledger.last_readings(month).items():
            _check_reading(examination, arrivals[delivery_id], (landing, notes), read_at)
    for month in filter(examination.covers, ledger.months()):
        for judged in ledger.judged_files(month):
            if judged.is_in_use:
                examination.check_hash(judged.file.sha256, _of_judgement(judged))
            else:
                examination.known.add(examination.settings.home / judged.file.path)


def _check_reading(
    examination: Examination, arrival: Arrival, hashes: tuple[str, str], read_at: str
) -> None:
    settings = examination.settings
    for sha256, ending in zip(hashes, ("", ".notes"), strict=True):
        path = place(settings.landing, arrival, ending)
        damage = Damage(
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
            examination.check_hash(sha256, damage)
        elif path.exists():
            # from before notes had a hash
            examination.known.add(path)
            with examination.catching(damage):
                pq.read_table(path)


def _of_judgement(judged: JudgedFile) -> Damage:
    areas = {"accepted": "计入统计的行 accepted rows", "quarantine": "隔离的行 quarantined rows"}
    return Damage(
        areas.get(judged.name, "判定结果 judgement"),
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
    """Compare every drawn sample with its hash in the ledger."""
    for sample in examination.ledger.samples():
        if examination.covers(sample.month):
            damage = Damage(
                "样本 sample",
                sample.file.path,
                Fault.LOST,
                Remedy.BACKUP,
                f"{sample.month} 起的抽检 the inspection from then on",
                since=f"抽取于 drawn {sample.drawn_at}",
                month=sample.month,
            )
            examination.check_hash(sample.file.sha256, damage)


def examine_matching(examination: Examination) -> None:
    """Compare the results of matching with their receipts, and check the histories."""
    settings = examination.settings
    for folder in sorted(settings.matching.glob("????-??")):
        month = Month.parse(folder.name)
        if not examination.covers(month):
            continue
        damage = Damage(
            "匹配结果 matching",
            _below(settings, folder / "receipt.json"),
            Fault.LOST,
            Remedy.MATCH,
            f"{month} 及以后的房码匹配 matched codes from {month} on",
            month=month,
        )
        examination.known |= {folder / "receipt.json", folder / "identifiers.json"}
        with examination.catching(damage):
            receipt = read_receipt(settings, month)
            for file in receipt.files.values() if receipt else ():
                examination.check_hash(file.sha256, replace(damage, path=file.path))
        _check_histories(examination, folder, damage)
    if examination.month is None:
        _read_parsed(examination)


def _check_histories(examination: Examination, folder: Path, damage: Damage) -> None:
    stamp = folder / "identifiers.json"
    if not stamp.exists():
        return
    with examination.catching(replace(damage, path=_below(examination.settings, stamp))):
        content = json.loads(stamp.read_text(encoding="utf-8"))
        # a list, if it is from before histories had hashes
        hashes = content["files"] if isinstance(content, dict) else {}
        for name, sha256 in hashes.items():
            below = _below(examination.settings, folder / name)
            examination.check_hash(sha256, replace(damage, path=below))
        examination.known.update(folder.glob("identifier*.parquet"))


def _read_parsed(examination: Examination) -> None:
    """Read the cache of parsed addresses."""
    settings = examination.settings
    for path in _files(settings.matching / "parsed"):
        if path.suffix != ".parquet" or path.name.startswith("."):
            continue
        damage = Damage(
            "地址缓存 parsed addresses",
            _below(settings, path),
            Fault.CHANGED,
            Remedy.SET_ASIDE,
            "以后的匹配 later matching; the addresses are parsed again",
        )
        examination.known.add(path)
        with examination.catching(damage):
            pq.read_table(path)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _below(settings: Settings, path: Path) -> str:
    return str(path.relative_to(settings.home))


def _place(month: Month, district_id: str, kind: str) -> str:
    contract = load_contracts().get(kind)
    name = district_in(district_id, month).district_name
    return f"{month} {name}{contract.title if contract else kind}"
