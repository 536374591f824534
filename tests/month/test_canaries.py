"""Personal data planted in every column, name and stray file of a month leaks nowhere.

One month is run, released, returned and looked up with personal data wherever a file can have it;
then every file of the home is searched. Only ``raw``, the archive and a district's own package may
contain it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from canaries import Canaries, Hit, hits, hits_in, texts_of
from deliver import (
    OCTOBER,
    Row,
    building,
    case,
    change,
    code,
    danger,
    delimited,
    folder,
    inspection,
    plate,
    report,
    report_row,
    workbook,
)
from month_installation import Installation, deliver_all

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

_ROWS: dict[str, Callable[..., Row]] = {
    "building_survey": building,
    "building_changes": change,
    "alteration_cases": case,
    "danger_cases": danger,
    "quality_inspection": inspection,
    "building_codes": code,
    "doorplates": plate,
}
#: Text columns in which any text is accepted.
_PROSE = {
    ("building_survey", "address"),
    ("building_survey", "building_name"),
    ("alteration_cases", "address"),
    ("danger_cases", "address"),
    ("danger_cases", "appraiser"),
    ("building_codes", "address"),
    ("building_codes", "scheme"),
    ("doorplates", "standard_address"),
    ("doorplates", "estate"),
}
#: A name in a personal column; no pattern can recognise it.
_NAME = "甄丝雀"
#: A person's name in a text column that is private to the office.
_NAMED = "金甲乙宅"


class Planted(Installation):
    """The month with canaries, the output of its commands, and the places of the canaries."""

    canaries: Canaries
    printed: str


@pytest.fixture(scope="module")
def made(installation: Callable[[str], Installation], readers: ReaderPool) -> Planted:
    """Deliver, run, release, return and look up; the tests only read the result."""
    plain = installation("canaries")
    planted = Planted(plain.settings)
    canaries = Canaries()
    object.__setattr__(planted, "canaries", canaries)
    deliver_all(planted.settings.raw, note=f"{_NAMED}{canaries.plant('monthly_report.note')}")
    _in_rows_that_count(planted.settings.raw, canaries)
    _in_every_column(planted.settings.raw, canaries)
    _in_names_and_around(planted.settings.raw, canaries)
    _in_a_report_that_is_mended(planted, canaries, readers)
    object.__setattr__(planted, "printed", "\n".join(_printed(planted)))
    return planted


def _in_rows_that_count(raw: Path, canaries: Canaries) -> None:
    """Plant each text and personal column of 姑苏区 and the city, in rows that are accepted."""
    for kind, make in _ROWS.items():
        contract = load_contracts()[kind]
        fields = [
            c.name for c in contract.columns if c.type == "free_text" or (kind, c.name) in _PROSE
        ]
        texts = [
            {
                field: text if contract.column(field).is_public else f"{_NAMED}{text}旁"
                for field, text in zip(fields, row, strict=True)
            }
            for row in zip(*(canaries.every(f"{kind}.{f}") for f in fields), strict=True)
        ]
        people = {c.name: _NAME for c in contract.columns if c.personal and "phone" not in c.name}
        people |= {c.name: "13973910000" for c in contract.columns if "phone" in c.name}
        worst = {"appraisal_grade": "D"} if kind == "danger_cases" else {}
        rows = [make(n, **(text | people | worst)) for n, text in enumerate(texts, start=1)]
        owner = "gusu" if contract.delivered_by == "district" else "city"
        write = delimited if kind == "building_codes" else workbook
        ending = "csv" if write is delimited else "xlsx"
        write(folder(raw, owner) / f"{contract.title}.{ending}", kind, rows)


def _in_every_column(raw: Path, canaries: Canaries) -> None:
    """Plant a canary in every column of each kind, also keys, codes, days and measures."""
    for kind, make in _ROWS.items():
        contract = load_contracts()[kind]
        if contract.delivered_by != "district":
            continue
        rows = list(_rows_with_one_odd_cell(contract, make, canaries))
        workbook(folder(raw, "sip") / f"{kind}.xlsx", kind, rows)


def _in_a_report_that_is_mended(
    made: Installation, canaries: Canaries, readers: ReaderPool
) -> None:
    """Plant canaries in a report that is refused, and replaced before the run."""
    rows = [
        report_row("wujiang", **{"note": "无变化", column.name: text})
        for column in load_contracts()["monthly_report"].columns
        if column.name not in ("town", "as_at")
        for text in canaries.every(f"monthly_report.{column.name}")
    ]
    path = folder(made.settings.raw, "wujiang") / "monthly_report.xlsx"
    workbook(path, "monthly_report", rows)
    ledger = Ledger(made.settings.ledger)
    judge_district_month(made.settings, ledger, readers.read, OCTOBER, "wujiang")
    report(made.settings.raw, "wujiang")


def _rows_with_one_odd_cell(
    contract: Contract, make: Callable[..., Row], canaries: Canaries
) -> Iterator[Row]:
    number = 0
    for column in contract.columns:
        for text in canaries.every(f"{contract.kind}.{column.name}"):
            number += 1
            # a key of digits alone is a key, whatever else it could be
            odd = f"户{text}" if column.type == "identifier" else text
            yield make(number, "工业园区") | {column.name: odd}


def _in_names_and_around(raw: Path, canaries: Canaries) -> None:
    """Plant canaries in names of files, folders and sheets, and around the tables."""
    for text in canaries.every("file that is no report"):
        (folder(raw, "gusu") / f"通讯录{text}.docx").write_bytes(text.encode())
    (folder(raw, "gusu") / canaries.plant("folder")).mkdir()
    (raw / "2022-10" / f"{canaries.plant('file of a month')}.xlsx").write_bytes(b"")
    (raw / canaries.plant("folder of a month")).mkdir()
    # two files that differ in nothing else
    for _ in range(2):
        name = f"吴中区房屋变更登记{canaries.plant('file')}.xlsx"
        workbook(folder(raw, "wuzhong") / name, "building_changes", [change(1, "吴中区")])
    path = report(raw, "xiangcheng")
    book = openpyxl.load_workbook(path)
    book.active.title = f"表{canaries.plant('sheet')}"[:31]
    book.active["A1"] = f"截至2022年10月31日，联系人电话{canaries.plant('title')}"
    book.active.append([f"填报人：某某 {canaries.plant('footer')}"])
    book.active.append([f"说明：详询{canaries.plant('note')}"])
    path.unlink()
    book.save(path.with_name(f"相城区2022年10月月报表{canaries.plant('file')}.xlsx"))
    path = workbook(folder(raw, "changshu") / "building_survey.xlsx", "building_survey", [])
    book = openpyxl.load_workbook(path)
    book.active.cell(2, book.active.max_column + 1, f"经办人{canaries.plant('header')}")
    book.copy_worksheet(book.active).title = f"副本{canaries.plant('sheet')}"[:31]
    book.save(path)


def _printed(made: Installation) -> Iterator[str]:
    """Run the commands of a month; yield what each printed."""
    commands = [
        ("month", "2022-10", "--json"),
        ("release", "2022-10", "--note", "首次发布", "--reviewer", "张科长", "--yes", "--json"),
        ("return", "2022-10"),
        ("status", "2022-10", "--json"),
        ("lookup", "32050800000001", "--json"),
        ("doctor",),
        ("check", *map(str, _checked(made.settings))),
    ]
    for command in commands:
        done = made.fangan(*command)
        # the doctor sees what was laid under a name that is no month's
        is_allowed = {"release": (0,), "doctor": (4,)}.get(command[0], (0, 1))
        assert done.returncode in is_allowed, f"{command[0]}: {done.stdout}{done.stderr}"
        yield done.stdout + done.stderr


def _checked(settings: Settings) -> list[Path]:
    month = settings.raw / "2022-10"
    return [*month.glob("320507/*.xlsx"), month / "320581" / "building_survey.xlsx"]


def _listed(found: list[Hit]) -> str:
    return "\n".join(map(str, found[:40]))


def test_the_archive_contains_the_planted_canaries(made: Planted) -> None:
    """Otherwise an empty search result would prove nothing."""
    found = {hit.text for hit in hits(made.settings.home / "archive")}
    assert len(made.canaries.planted) > 1_000
    assert len(found) > 0.9 * len(made.canaries.planted)


def test_no_canary_is_in_the_home(made: Planted) -> None:
    found = hits(made.settings.home, passing=("archive", "returns"))
    assert not found, _listed(found)


def test_no_canary_is_printed(made: Planted) -> None:
    assert not hits_in(made.printed)


def test_a_package_has_only_its_own_districts_canaries(made: Planted) -> None:
    packages = made.settings.home / "returns" / "2022-10"
    own = hits(packages / "sip")
    assert any(hit.file == "building_survey.xlsx" for hit in own)
    others = {hit.text for hit in hits(packages / "gusu")} & {hit.text for hit in own}
    assert not others, "a canary planted once is in two packages"


def test_a_person_named_in_a_private_text_is_in_no_public_file(made: Planted) -> None:
    """Text that no pattern recognises is private by contract; the look-up shows its own columns."""
    month = made.settings.published / "2022-10"
    opened = [
        path
        for path in made.settings.published.rglob("*")
        if path.is_file() and path.suffix not in (".duckdb", ".sqlite")
    ]
    assert {path.suffix for path in opened} >= {".html", ".pdf", ".xlsx", ".docx", ".parquet"}
    found = [
        f"{path.relative_to(month.parent)}: {place}"
        for path in opened
        for place, text in texts_of(path)
        if _NAMED in (text if isinstance(text, str) else text.decode(errors="replace"))
    ]
    assert not found, "\n".join(found[:40])


def test_text_columns_are_private_unless_the_contract_opens_them() -> None:
    opened = {
        column.name
        for contract in load_contracts().values()
        for column in contract.columns
        if column.type in ("text", "free_text") and column.is_public
    }
    assert opened == {"district", "town", "community", "lead_unit", "next_step"}


def test_files_that_differ_only_in_masked_text_stay_distinct(made: Planted) -> None:
    [finding] = made.rows(
        "select message from marts.rpt_finding where district_id = 'wuzhong'"
        " and message like '%同时报送%'"
    )
    names = finding["message"].split("“")[1:]
    assert len({name.split("”")[0] for name in names}) == 2
    assert all("吴中区房屋变更登记〔" in name for name in names)
