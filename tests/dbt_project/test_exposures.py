"""Exposures name the marts that the code reads, and every model has its group and access."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mart_totals import contracts

from orchestration.publication.open_data.public_marts import public_marts
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT

MODELS = DBT_PROJECT_DIR / "models"
#: The rooms that make what an exposure is.
ROOMS = {
    "bulletin": (
        "publication/bulletin",
        "publication/charts",
        "publication/issue",
        "publication/newsletter",
    ),
    "site": ("publication/explain", "publication/quality", "publication/issue/site.py"),
    "lookup": ("lookup",),
}
_MART = re.compile(r"\b(?:dim|fct|rpt)_\w+")


def exposures() -> dict[str, set[str]]:
    """Return the marts that each exposure says it depends on."""
    declared = yaml.safe_load((MODELS / "exposures.yml").read_text("utf-8"))["exposures"]
    return {
        one["name"]: {ref.removeprefix("ref('").removesuffix("')") for ref in one["depends_on"]}
        for one in declared
    }


def marts_read(room: str) -> set[str]:
    """Return the marts that a room's code and SQL name, docstrings and comments aside."""
    path = PROJECT_ROOT / "orchestration" / room
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    texts = [text for file in files for text in _texts(file)]
    return {mart for text in texts for mart in _MART.findall(text)} & contracts().keys()


def _texts(path: Path) -> Iterator[str]:
    if path.suffix == ".sql":
        yield re.sub(r"--.*", "", path.read_text("utf-8"))
    elif path.suffix == ".py":
        tree = ast.parse(path.read_text("utf-8"))
        described = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, described) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docstrings:
                yield str(node.value)


@pytest.mark.parametrize("name", ROOMS)
def test_an_exposure_depends_on_what_its_rooms_read(name: str) -> None:
    read = set().union(*map(marts_read, ROOMS[name]))
    assert read, "nothing was found: the rooms lie elsewhere"
    assert exposures()[name] == read


def test_open_data_depends_on_the_public_marts() -> None:
    assert exposures()["open_data"] == set(public_marts())


def test_every_model_has_a_group_and_marts_alone_are_public(parsed_project: Path) -> None:
    manifest: dict[str, Any] = json.loads(
        (parsed_project / "target" / "manifest.json").read_bytes()
    )
    models = [one for one in manifest["nodes"].values() if one["resource_type"] == "model"]
    known = {group["name"] for group in manifest["groups"].values()}
    assert {model["group"] for model in models} == known
    for model in models:
        is_mart = model["fqn"][1] == "marts"
        assert (model["access"] == "public") == is_mart, model["name"]
    assert {one["name"] for one in manifest["exposures"].values()} == exposures().keys()
