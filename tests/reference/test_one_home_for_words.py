"""Names of measures and words for states are typed in one place; elsewhere they are asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.reference import vocabulary
from orchestration.reference.metrics import REGISTRY, metric_name
from orchestration.reference.seeds import read_rows
from orchestration.settings import PROJECT_ROOT

_CODE = PROJECT_ROOT / "orchestration"
_TAG = re.compile(r"\{[%#].*?[%#]\}|<[^>]*>", re.DOTALL)
#: What writes or reads deliveries: their texts are the districts' own.
_DELIVERED = ("simulation", "ingest")
#: Words of the vocabulary that are everyday words too, or names of parts of a table.
_EVERYDAY = ("SCOPES", "ROW_ROLES", "METRIC_KINDS")
#: Texts that are written as a term is and mean something else; it may only shrink.
BASELINE = {
    ("console/commands/releases.py", "已撤回"): "what was done with a delivery",
    ("console/commands/releases.py", "撤回"): "what is asked to be done with a delivery",
    ("console/review_queue.py", "已复核"): "how many rows of a workbook were read",
    ("console/stored/release_decisions.py", "正式"): "an adverb before the action",
    ("judgement/reports/month_checks.py", "未采用"): "what became of a file nobody recognised",
    ("judgement/within_delivery.py", "退回"): "the end of a reason",
    ("publication/bulletin/inspection_wording.py", "通过"): "of buildings, not of rules",
    ("publication/issue/html_topics.py", "提示"): "a column of warnings, not a severity",
}
#: A term from so many characters on is one wherever it stands in a text.
_LONG = 7
_EDGES = " 　〔〕（）：，。、；“”＋−\n"


def terms() -> dict[str, str]:
    """Every term that has a home, with the home."""
    found = {}
    for row in read_rows(REGISTRY):
        names = (row["chinese_name"], metric_name(row["metric_id"]), row["short_name"])
        for name in (*names, row["printed_header"], *row["prose_names"].split("|")):
            found[name] = f"metrics.csv, {row['metric_id']}"
    for name, value in vars(vocabulary).items():
        if name.isupper() and name not in _EVERYDAY:
            words = value.values() if isinstance(value, dict) else [value]
            found |= {word.strip(_EDGES): f"vocabulary.{name}" for word in words}
    found.pop("")
    return found


def typed(path: Path) -> Iterator[str]:
    """The texts that a file types, without what is only read by programmers."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = _TAG.sub("\n", source)
        yield from (piece.strip(_EDGES) for piece in re.split(r"[{}\n\"']", text))
        for match in re.finditer(r"\{[{%].*?[%}]\}", source, re.DOTALL):
            yield from re.findall(r"[\"']([^\"']*)[\"']", match[0])
        return
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.value.strip(_EDGES)


def strays() -> set[tuple[str, str]]:
    """Every file with the term that it types itself."""
    known = terms()
    long = [term for term in known if len(term) >= _LONG]
    found = set()
    for path in _CODE.rglob("*"):
        place = path.relative_to(_CODE)
        if path.suffix in (".py", ".j2", ".typ") and place.parts[0] not in _DELIVERED:
            for text in typed(path):
                inside = (term for term in long if term in text)
                found |= {(str(place), term) for term in (text, *inside) if term in known}
    return {(place, term) for place, term in found if place != "reference/vocabulary.py"}


@pytest.mark.parametrize("term", ["受理疑似违法拆改合计", "已退回", "〔初步数据〕".strip(_EDGES)])
def test_the_terms_are_those_of_registry_and_vocabulary(term: str) -> None:
    assert term in terms()


def test_a_name_or_state_is_typed_in_its_home_alone() -> None:
    typed_elsewhere = strays()
    new = typed_elsewhere - BASELINE.keys()
    assert not new, f"ask reference.metrics or reference.vocabulary for these: {sorted(new)}"
    gone = BASELINE.keys() - typed_elsewhere
    assert not gone, f"no longer typed; take them out of the baseline: {sorted(gone)}"


def test_the_search_finds_what_templates_and_code_type(tmp_path: Path) -> None:
    template, module = tmp_path / "page.html.j2", tmp_path / "page.py"
    template.write_text('<p>{{ badge("missing", "未报送") }}<b>〔演示数据〕</b></p>', "utf-8")
    module.write_text('"""未报送"""\nSTATE = "已退回"\nSAID = f"、{STATE}，已接收"\n', "utf-8")
    assert {"未报送", "演示数据"} <= set(typed(template))
    assert {"已退回", "已接收"} <= set(typed(module))
    assert "未报送" not in set(typed(module))
