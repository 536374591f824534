"""From an asset to the page that a person reads, and to the code that makes it.

A page is a link where the proxy serves it (``FANGAN_SITE_URL``), else the path of its file. Add a
page here that Dagster should lead to; what the pages hold is in ``publication`` and ``returns``.
https://docs.dagster.io/guides/build/assets/metadata-and-tags/code-references
"""

import re
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dagster import (
    AnchorBasedFilePathMapping,
    AssetSpec,
    BetaWarning,
    MetadataValue,
    link_code_references_to_git,
    with_source_code_references,
)

from orchestration.publication.issue.site import DEFINITIONS, INDEX
from orchestration.reference.months import Month
from orchestration.settings import PROJECT_ROOT, Settings, load_settings, site_url

# Code references are in beta; should they change, the graph's tests say so.
warnings.filterwarnings(
    "ignore", category=BetaWarning, message=r".*(code_references|CodeReference|FilePathMapping).*"
)

_HOSTS = r"(?:https?://|ssh://)?(?:[^@/]+@)?((?:github|gitlab)[^:/]*)[:/](.+?)(?:\.git)?/?"
#: Groups whose tables are explained by the metrics' definitions.
_DEFINED = ("marts", "published")


def published_page(settings: Settings, *place: str) -> MetadataValue[Any]:
    """Return the link to a page in ``published``, by the parts of its path."""
    base = site_url()
    if base:
        return MetadataValue.url("/".join([base, *place]))
    return MetadataValue.path(str(settings.published.joinpath(*place)))


def month_pages(settings: Settings, month: Month, *names: str) -> dict[str, MetadataValue[Any]]:
    """Return the links to pages of a month: a label for each of ``names`` and its link."""
    return {_LABELS[name]: published_page(settings, str(month), name) for name in names}


_LABELS = {
    "bulletin.html": "公报",
    "quality.html": "数据质量页",
    "explain.html": "数字的由来",
}


def return_package(settings: Settings, month: Month, district_id: str) -> MetadataValue[Any]:
    """Return where a district's return package lies, or the command that makes it."""
    folder = settings.home / "returns" / str(month) / district_id
    if folder.is_dir():
        return MetadataValue.path(str(folder))
    return MetadataValue.text(f"fangan return {month} {district_id}")


def _with_site(spec: AssetSpec) -> AssetSpec:
    """Return an asset with the links that hold for every month."""
    settings = load_settings()
    pages = {"全部月份": published_page(settings, INDEX)}
    if spec.group_name in _DEFINED:
        pages["指标定义"] = published_page(settings, DEFINITIONS)
    return spec.replace_attributes(metadata={**spec.metadata, **pages})


def with_pages(assets: Sequence[Any]) -> Sequence[Any]:
    """Return assets with links to the pages that hold for every month, and to their code."""
    linked = [asset.map_asset_specs(_with_site) for asset in assets]
    return _with_code(linked)


def _with_code(assets: Sequence[Any]) -> Sequence[Any]:
    """Return assets with the place of their code: in the repository, if it has a remote."""
    noted = with_source_code_references(assets)
    remote = _git("remote", "get-url", "origin")
    address = repository_address(remote)
    commit = _git("rev-parse", "HEAD")
    if not address or not commit:
        return noted
    anchor = AnchorBasedFilePathMapping(
        local_file_anchor=PROJECT_ROOT / "pyproject.toml",
        file_anchor_path_in_repository="pyproject.toml",
    )
    return link_code_references_to_git(
        noted, git_url=address, git_branch=commit, file_path_mapping=anchor
    )


def repository_address(remote: str) -> str | None:
    """Return the web address of a remote at GitHub or GitLab; None for others.

    >>> repository_address("git@github.com:office/fangan.git")
    'https://github.com/office/fangan'
    >>> repository_address("https://token@gitlab.example.com/a/b/fangan.git")
    'https://gitlab.example.com/a/b/fangan'
    >>> repository_address("/srv/git/fangan.git")
    """
    found = re.fullmatch(_HOSTS, remote)
    return f"https://{found[1]}/{found[2]}" if found else None


def _git(*arguments: str) -> str:
    """Return git's answer about this project; empty without git or a repository of its own."""
    if not Path(PROJECT_ROOT, ".git").exists():
        return ""
    try:
        command = ["git", "-C", str(PROJECT_ROOT), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""
