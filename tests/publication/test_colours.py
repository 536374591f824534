"""The charts' colours by coloraide: seen on their ground, and apart for colour-blind readers."""

from __future__ import annotations

import re

import pytest
from coloraide import Color

from orchestration.formats.colours import CHART_COLOURS
from orchestration.publication.html import templating

#: Colours that stand side by side in a chart.
PAIRS = [
    ("complaint", "patrol"),
    ("verified", "completed"),
    ("stock", "verified"),
    ("stock", "completed"),
    *((f"class{n}", f"class{n + 1}") for n in range(4)),
]
SERIES = sorted({name for pair in PAIRS for name in pair})
CSS = (templating._TEMPLATES / "page.css").read_text(encoding="utf-8")


def dark() -> dict[str, str]:
    block = CSS[CSS.index("prefers-color-scheme: dark") :].split("}")[0]
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))


THEMES = {"light": CHART_COLOURS | {"card": "#ffffff"}, "dark": dark()}


@pytest.mark.parametrize("theme", THEMES)
def test_every_series_is_seen_on_its_ground(theme: str) -> None:
    colours = THEMES[theme]
    ground = Color(colours["card"])
    contrasts = {name: ground.contrast(colours[name]) for name in SERIES}
    assert min(contrasts.values()) >= 3, contrasts


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", ["", "deutan", "protan", "tritan"])
def test_neighbours_are_told_apart_by_everybody(theme: str, sight: str) -> None:
    seen = {
        name: Color(THEMES[theme][name]).filter(sight) if sight else Color(THEMES[theme][name])
        for name in SERIES
    }
    apart = {pair: seen[pair[0]].delta_e(seen[pair[1]], method="76") for pair in PAIRS}
    assert min(apart.values()) >= 9, apart


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("classes", ["class", "tile"])
def test_ordered_classes_grow_in_one_direction(theme: str, classes: str) -> None:
    names = [name for name in CHART_COLOURS if name.startswith(classes)]
    lightness = [Color(THEMES[theme][name]).convert("oklch")["lightness"] for name in names]
    assert lightness == sorted(lightness, reverse=theme == "light")
