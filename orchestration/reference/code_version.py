"""The version of the code that makes a result: one hash over everything it is made with.

From a root (the name of a module or package) it follows the imports through ``orchestration`` and
``expectations``. Each module counts with the files beside it (templates, style sheets, rules,
queries) and with the dbt files that it names. There is no list to maintain, so no module can be
forgotten. Add a rule here when code depends on files in another way. Callers choose the roots;
contracts and deliveries have hashes of their own.
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
#: Files that dbt writes, and files for people only.
_NOT_SOURCES = {"target", "logs", "README.md", ".user.yml"}


@dataclass(frozen=True)
class _Module:
    """One of our modules: its file, its imports of ours, and the dbt files that it names."""

    path: Path
    imports: tuple[str, ...]
    named: frozenset[str]


@cache
def code_version(*roots: str) -> str:
    """Return the SHA-256 of the code behind ``roots`` and of the versions of its packages.

    An office's decisions (waivers, corrections) and the contracts are left out: each is in the
    fingerprints of the judgements that it concerns.
    """
    return _hash(code_files(*roots))


@cache
def publishing_version(*roots: str) -> str:
    """Return the version of code that runs dbt: ``roots`` and the whole dbt project."""
    return _hash({*code_files(*roots), *_dbt_files()})


def code_files(*roots: str) -> set[Path]:
    """Return every file of the project that the code behind ``roots`` runs or reads."""
    modules = [_module(name) for name in _imported(roots)]
    own = {module.path for module in modules}
    named = frozenset().union(*(module.named for module in modules))
    beside = {path for folder in {p.parent for p in own} for path in _files_beside(folder)}
    return {
        *own,
        *(path for path in beside if path.name in named or not _is_named_beside(path)),
        *(p for p in _dbt_files() if p.name in named and CONTRACTS_DIR not in p.parents),
    }


@cache
def package_versions() -> dict[str, str]:
    """Return the installed version of every required package, by name."""
    wanted = [Requirement(text) for text in requires(PACKAGE) or []]
    names = sorted(requirement.name for requirement in wanted if requirement.marker is None)
    return {name: _version(name) for name in names}


def _version(package: str) -> str:
    """Return a package's version; ``importlib.metadata.version`` takes 1 ms, parsing everything."""
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
    """Return the modules of ``roots``, their parent packages, and everything these import.

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
    """Yield our modules that ``source`` imports, at the top or inside functions.

    It searches for plain strings, since a regular expression takes thirty times as long.
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
    """Return the file of each of our modules by its name."""
    paths = {}
    for package in _OURS:
        for path in (PROJECT_ROOT / package).rglob("*.py"):
            parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
            paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


@cache
def _files_beside(package: Path) -> tuple[Path, ...]:
    """Return a package's files that are no modules, also in folders that are no packages."""
    found: list[Path] = []
    for path in package.iterdir():
        if path.is_dir():
            is_data = path.name != "__pycache__" and not (path / "__init__.py").exists()
            found += _files_beside(path) if is_data else ()
        elif path.suffix not in (".py", ".pyc") and not path.name.startswith("."):
            found.append(path)
    return tuple(found)


def _is_named_beside(file: Path) -> bool:
    """Whether a module beside ``file`` names it: then it counts with that module alone."""
    return file.name in _named_in_folders().get(file.parent, ())


@cache
def _named_in_folders() -> dict[Path, set[str]]:
    """Return the files that the modules of each folder name."""
    named: dict[Path, set[str]] = {}
    for name, path in _paths().items():
        named.setdefault(path.parent, set()).update(_module(name).named)
    return named


@cache
def _dbt_files() -> tuple[Path, ...]:
    """Return the sources of the dbt project without the office's decisions."""
    return tuple(
        path
        for path in DBT_PROJECT_DIR.rglob("*.*")
        if path.name not in DECISION_SEEDS
        and _NOT_SOURCES.isdisjoint(path.relative_to(DBT_PROJECT_DIR).parts)
        and path.is_file()
    )
