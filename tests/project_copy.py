"""A copy of the project's sources, so that a test may change a file and ask what that changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.reference import code_version
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT


class ProjectCopy:
    """The sources in another folder; from ``monkeypatch`` on, versions are those of the copy."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        for name in ("orchestration", "expectations", DBT_PROJECT_DIR.name):
            unread = shutil.ignore_patterns("__pycache__", "target", "logs")
            shutil.copytree(PROJECT_ROOT / name, folder / name, ignore=unread)
        for name in ("PROJECT_ROOT", "DBT_PROJECT_DIR", "CONTRACTS_DIR"):
            own = folder / getattr(code_version, name).relative_to(PROJECT_ROOT)
            monkeypatch.setattr(code_version, name, own)
        forget_versions()

    def append(self, file: str, text: str = "\n") -> None:
        """Add text to the end of a file, as someone who edits it does."""
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        forget_versions()


def forget_versions() -> None:
    """Have versions computed anew, as a new process does."""
    for name in ("code_version", "publishing_version", "_module", "_content", "_paths"):
        getattr(code_version, name).cache_clear()
    for name in ("_files_beside", "_named_in_folders", "_dbt_files"):
        getattr(code_version, name).cache_clear()
