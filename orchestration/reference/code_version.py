"""The version of the code that makes something: one hash over all that it is made with.

From a root (a module or a package, by its name) the imports are followed through
``orchestration`` and ``expectations``; what is found counts with the files beside it (templates,
style sheets, rules, queries) and with the files of the dbt project that it names. Nobody keeps a
list, so that no module can be left out. Add a rule here when code comes to depend on files in
another way. What a root stands for is its caller's; contracts and deliveries have hashes of their
own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from orchestration.reference.seeds import DECISION_SEEDS
from orchestration.settings import CONTRACTS_DIR, DBT_PROJECT_DIR, PROJECT_ROOT

PACKAGE = "fangan"
_OURS = ("orchestration", "expectations")
_IMPORTS = [f"{verb} {package}" for verb in ("from", "import") for package in _OURS]
_IMPORT = re.compile(r"\w+ (?P<source>[\w.]+)(?: import (?P<names>\([^)]*\)|.+))?")
_READ_SUFFIXES = (".csv", ".sql", ".yml")
_NAMED_FILE = re.compile(r"""["/]([\w.-]+\.(?:csv|sql|yml))\b""")
_VERSION = re.compile(r"^Version: (.+)$", re.MULTILINE)
#: What dbt writes, and what is only read by people.
_NOT_SOURCES = {"target", "logs", "README.md", ".user.yml"}


@dataclass(frozen=True)
class _Module:
    """One module of ours: its file, what it imports of ours, the files of dbt that it names."""

    path: Path
    imports: tuple[str, ...]
    named: frozenset[str]


@cache
def code_version(*roots: str) -> str:
    """Return the SHA-256 of the code that ``roots`` run and of the versions of its packages.

    The decisions of an office (waivers, corrections) and the contracts take no part: each is in
    the fingerprint of just the judgements that it concerns.
    """
    return _hash(code_files(*roots))


@cache
def publishing_version(*roots: str) -> str:
    """Return the version of code that runs dbt: of ``roots`` and the whole dbt project."""
    return _hash({*code_files(*roots), *_dbt_files()})


def code_files(*roots: str) -> set[Path]:
    """Return every file that the code of ``roots`` runs, or reads of the project."""
    modules = [_module(name) for name in _imported(roots)]
    named = frozenset().union(*(module.named for module in modules))
    folders = {module.path.parent for module in modules}
    return {
        *(module.path for module in modules),
        *(path for folder in folders for path in _files_beside(folder)),
        *(p for p in _dbt_files() if p.name in named and CONTRACTS_DIR not in p.parents),
    }


@cache
def package_versions() -> dict[str, str]:
    """Return the installed version of every package that ours needs, by name."""
    wanted = [Requirement(text) for text in requires(PACKAGE) or []]
    names = sorted(requirement.name for requirement in wanted if requirement.marker is None)
    return {name: _version(name) for name in names}


def _version(package: str) -> str:
    """Return what ``importlib.metadata.version`` would, which parses all else too: 1 ms each."""
    found = _VERSION.search(distribution(package).read_text("METADATA") or "")
    return found[1] if found else version(package)


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(repr(package_versions()).encode())
    for path in sorted(map(str, files)):
        digest.update(path.removeprefix(str(PROJECT_ROOT)).encode())
        digest.update(hashlib.sha256(_content(path)).digest())
    return digest.hexdigest()


@cache
def _content(path: str) -> bytes:
    return Path(path).read_bytes()


def _imported(roots: Iterable[str]) -> set[str]:
    """Return the modules of ``roots``, the packages they lie in, and all that these import.

    Raises KeyError for a root that is no module.
    """
    for root in roots:
        if root not in _paths():
            raise KeyError(f"there is no module {root}; a root is one of {', '.join(_OURS)}")
    inside = tuple(f"{root}." for root in roots)
    waiting = [*roots, *(name for name in _paths() if name.startswith(inside))]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _module(name).imports
            waiting += filter(None, [name.rpartition(".")[0]])
    return found


@cache
def _module(name: str) -> _Module:
    path = _paths()[name]
    source = _content(str(path)).decode()
    names_files = any(suffix in source for suffix in _READ_SUFFIXES)
    named = _NAMED_FILE.findall(source) if names_files else []
    return _Module(path, tuple(_imports_in(source)), frozenset(named))


def _imports_in(source: str) -> Iterator[str]:
    """Yield each module of ours that is imported, at once or when needed.

    The places are looked for as plain texts: a pattern for them takes thirty times as long.
    """
    for text in _IMPORTS:
        start = source.find(text)
        while start >= 0:
            if (match := _IMPORT.match(source, start)) and match["source"] in _paths():
                yield match["source"]
                for name in re.findall(r"\w+", match["names"] or ""):
                    if (module := f"{match['source']}.{name}") in _paths():
                        yield module
            start = source.find(text, start + 1)


@cache
def _paths() -> dict[str, Path]:
    """Return the file of every module of ours by the module's name."""
    paths = {}
    for package in _OURS:
        for path in (PROJECT_ROOT / package).rglob("*.py"):
            parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
            paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


@cache
def _files_beside(package: Path) -> tuple[Path, ...]:
    """Return the files beside a package's modules, and in its folders that are no packages."""
    found: list[Path] = []
    for path in package.iterdir():
        if path.is_dir():
            is_data = path.name != "__pycache__" and not (path / "__init__.py").exists()
            found += _files_beside(path) if is_data else ()
        elif path.suffix not in (".py", ".pyc") and not path.name.startswith("."):
            found.append(path)
    return tuple(found)


@cache
def _dbt_files() -> tuple[Path, ...]:
    """Return the sources of the dbt project but the office's decisions."""
    return tuple(
        path
        for path in DBT_PROJECT_DIR.rglob("*.*")
        if path.name not in DECISION_SEEDS
        and _NOT_SOURCES.isdisjoint(path.relative_to(DBT_PROJECT_DIR).parts)
        and path.is_file()
    )
