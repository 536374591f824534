"""One version of the code: whatever a month is made with changes it, and nothing else does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest
from conftest import Judge
from deliver import building, folder, workbook
from project_copy import ProjectCopy, forget_versions

from orchestration.judgement.reference import (
    band_rows,
    judge_version,
    reader_version,
)
from orchestration.matching.cache import parser_version
from orchestration.modelling.up_to_date import month_code_version
from orchestration.reference.calendar import load_calendar
from orchestration.reference.code_version import _imported, _module, _paths, code_files
from orchestration.reference.districts import load_districts
from orchestration.reference.places import area_rows
from orchestration.reference.seeds import DECISION_SEEDS
from orchestration.settings import CONTRACTS_DIR, PROJECT_ROOT, SEEDS_DIR, Settings

TEMPLATES = "orchestration/publication/html/templates"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProjectCopy]:
    with monkeypatch.context() as patched:
        yield ProjectCopy(tmp_path / "project", patched)
    forget_versions()


@pytest.mark.parametrize(
    "file",
    [
        "orchestration/reference/vocabulary.py",
        "orchestration/publication/issue/bulletin.typ",
        "orchestration/publication/html/templates/page.css",
        f"{TEMPLATES}/bulletin.html.j2",
        "orchestration/publication/charts/tile_map.csv",
        "orchestration/settings.py",
        "orchestration/store/ledger.py",
        "orchestration/matching/identifier_schemes.csv",
        "expectations/rules/every.yml",
        "dbt_project/seeds/metrics.csv",
        "dbt_project/models/metrics.md",
        "dbt_project/macros/counted_rows.sql",
        "dbt_project/dbt_project.yml",
    ],
)
def test_a_changed_file_is_another_month_code(project: ProjectCopy, file: str) -> None:
    before = month_code_version()
    project.append(file)
    assert month_code_version() != before


@pytest.mark.parametrize(
    "file",
    [
        "dbt_project/README.md",
        # an office's decisions count in just the judgements that they concern
        "dbt_project/seeds/waivers.csv",
        "dbt_project/seeds/corrections.csv",
        "orchestration/console/output.py",
        # beside modules that make a month, and named by one that does not
        "orchestration/reference/official_terms.csv",
        "orchestration/simulation/figures.py",
    ],
)
def test_what_makes_no_month_leaves_its_code_as_it_is(project: ProjectCopy, file: str) -> None:
    before = month_code_version()
    project.append(file)
    assert month_code_version() == before


def test_a_new_model_is_another_month_code(project: ProjectCopy) -> None:
    before = month_code_version()
    (project.folder / "dbt_project" / "models" / "rpt_new.sql").write_text("select 1\n")
    forget_versions()
    assert month_code_version() != before


def test_what_dbt_writes_is_no_code(project: ProjectCopy) -> None:
    before = month_code_version()
    compiled = project.folder / "dbt_project" / "target" / "compiled.sql"
    compiled.parent.mkdir()
    compiled.write_text("select 1\n")
    forget_versions()
    assert month_code_version() == before


def test_a_page_template_reads_and_judges_nothing_again(project: ProjectCopy) -> None:
    before = reader_version(), judge_version(), parser_version()
    project.append("orchestration/publication/html/templates/page.css")
    project.append("orchestration/publication/issue/html.py")
    assert (reader_version(), judge_version(), parser_version()) == before


def test_a_rule_judges_again_and_reads_nothing_again(project: ProjectCopy) -> None:
    read, judged = reader_version(), judge_version()
    project.append("expectations/rules/every.yml")
    assert reader_version() == read
    assert judge_version() != judged


@pytest.mark.parametrize(
    "file",
    [
        "dbt_project/seeds/areas_communities.csv",
        "dbt_project/seeds/plausibility_bands.csv",
        "dbt_project/seeds/inspection_groups.csv",
        "dbt_project/macros/counted_rows.sql",
        "expectations/sql/AC-301.sql",
        "orchestration/reference/vocabulary.py",
        "orchestration/store/files.py",
    ],
)
def test_all_that_a_rule_asks_judges_again(project: ProjectCopy, file: str) -> None:
    before = judge_version()
    project.append(file)
    assert judge_version() != before


def test_the_imports_are_those_that_import_linter_sees() -> None:
    graph = grimp.build_graph("orchestration", "expectations")
    assert set(_paths()) == graph.modules
    for name in _paths():
        seen = graph.find_modules_directly_imported_by(name)
        found = set(_module(name).imports)
        assert seen <= found, f"{name} imports {sorted(seen - found)}"
        packages = {module.rpartition(".")[0] for module in seen}
        assert found - seen <= packages, f"{name} does not import {sorted(found - seen)}"


def test_each_import_is_followed() -> None:
    modules = _imported(["orchestration.judgement"])
    for name in modules:
        assert modules.issuperset(_module(name).imports)
    assert "expectations" in modules
    assert not any(name.startswith("orchestration.publication") for name in modules)


def test_an_unknown_root_is_refused() -> None:
    with pytest.raises(KeyError, match=r"no module orchestration\.judgment"):
        code_files("orchestration.judgment")


def test_every_file_opened_to_judge_counts(
    settings: Settings, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is named in a way that the search for names does not see."""
    opened: set[Path] = set()
    really_open = io.open

    def recorded(file: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(file, str | Path):
            opened.add(Path(file).absolute())
        return really_open(file, *arguments, **options)

    rows = [building(number) for number in range(1, 5)]
    workbook(folder(settings.raw, "gusu") / "房屋排查.xlsx", "building_survey", rows)
    for seed in (load_districts, band_rows, area_rows, load_calendar):
        seed.cache_clear()
    monkeypatch.setattr(io, "open", recorded)
    judge()
    sources = [PROJECT_ROOT / name for name in ("orchestration", "expectations", "dbt_project")]
    read = {path for path in opened if any(path.is_relative_to(source) for source in sources)}
    aside = {*CONTRACTS_DIR.glob("*.yml"), *(SEEDS_DIR / name for name in DECISION_SEEDS)}
    assert SEEDS_DIR / "plausibility_bands.csv" in read
    assert read - aside <= code_files("orchestration.judgement", "orchestration.ingest")
