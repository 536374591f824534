"""The glossary follows from what it is made from, and names no term that is used nowhere."""

from __future__ import annotations

from orchestration.reference import vocabulary
from orchestration.reference.glossary import GLOSSARY, glossary, terms, uses


def test_the_glossary_is_what_its_sources_make() -> None:
    assert GLOSSARY.read_text(encoding="utf-8") == glossary(), (
        "run: python -m orchestration.reference.glossary"
    )


def test_every_official_term_is_used_by_an_export_a_metric_or_the_vocabulary() -> None:
    words = str(vars(vocabulary))
    strays = [row["term"] for row in terms() if not any(uses(row["term"])) | (row["term"] in words)]
    assert strays == []


def test_terms_are_listed_once_each_with_an_english_name() -> None:
    listed = [row["term"] for row in terms()]
    assert len(listed) == len(set(listed))
    assert all(row["english"] for row in terms())
