"""What every store promises, asked of a folder and of S3; and what of the home is shared."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from s3_server import new_bucket, running_s3

from orchestration.choices import ConfigurationError
from orchestration.settings import Settings, load_settings
from orchestration.store.archive import ArchiveDamageError, checked_version, store_version
from orchestration.store.files import StoredFileDamageError, is_whole, sha256_of, verified
from orchestration.store.objects.keys import shared_key
from orchestration.store.objects.places import (
    FolderObjects,
    ObjectExistsError,
    Objects,
    StoreError,
)
from orchestration.store.objects.s3 import S3Objects
from orchestration.store.objects.shared import (
    fetch_all,
    share,
    share_all,
    sharing,
    stored_sizes,
    take_back,
)


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with running_s3() as environment:
        yield environment


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store."""
    if request.param == "folder":
        return f"file://{tmp_path}/share"
    environment: dict[str, str] = request.getfixturevalue("s3")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return new_bucket(environment)


@pytest.fixture
def objects(url: str) -> Objects:
    if url.startswith("s3://"):
        return S3Objects(url)
    return FolderObjects(Path(url.removeprefix("file://")))


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / f"{len(content)}.bin"
    path.write_bytes(content)
    return path


def test_an_object_comes_back_as_it_was(objects: Objects, tmp_path: Path) -> None:
    content, target = bytes(range(256)) * 5000, tmp_path / "target"
    objects.put("accepted/2022-10/320508/月报-1.parquet", _file(tmp_path, content))
    objects.get("accepted/2022-10/320508/月报-1.parquet", target)
    assert target.read_bytes() == content


def test_a_replaced_object_is_the_last_one(objects: Objects, tmp_path: Path) -> None:
    for content in (b"former", b"latest one"):
        objects.put("landing/a", _file(tmp_path, content))
    objects.get("landing/a", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"latest one"
    assert objects.sizes() == {"landing/a": 10}


def test_what_is_made_once_is_never_replaced(objects: Objects, tmp_path: Path) -> None:
    objects.put("archive/ab/abc", _file(tmp_path, b"first"), once=True)
    with pytest.raises(ObjectExistsError, match="archive/ab/abc"):
        objects.put("archive/ab/abc", _file(tmp_path, b"second"), once=True)
    objects.get("archive/ab/abc", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"first"


def test_of_many_at_once_one_makes_it(objects: Objects, tmp_path: Path) -> None:
    sources = [_file(tmp_path, b"x" * number) for number in range(1, 9)]

    def make(source: Path) -> int:
        with suppress(ObjectExistsError):
            objects.put("archive/ab/abc", source, once=True)
            return source.stat().st_size
        return 0

    with ThreadPoolExecutor(8) as pool:
        [made] = filter(None, pool.map(make, sources))
    assert objects.sizes("archive") == {"archive/ab/abc": made}


def test_what_is_not_there_is_said(objects: Objects, tmp_path: Path) -> None:
    assert objects.sizes() == objects.sizes("archive") == {}
    assert not objects.exists("archive/ab/abc")
    with pytest.raises(FileNotFoundError):
        objects.get("archive/ab/abc", tmp_path / "target")
    objects.delete("archive/ab/abc")


def test_a_folder_lists_what_lies_below_it(objects: Objects, tmp_path: Path) -> None:
    for key in ("archive/ab/abc", "archive/ac/acd", "landing/2022-10/x.parquet"):
        objects.put(key, _file(tmp_path, b"12"))
    assert sorted(objects.sizes("archive")) == ["archive/ab/abc", "archive/ac/acd"]
    assert objects.exists("archive/ab/abc")
    assert not objects.exists("archive/ab")
    objects.delete("archive/ab/abc")
    assert sorted(objects.sizes()) == ["archive/ac/acd", "landing/2022-10/x.parquet"]


def test_a_server_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs", reason="no s3fs: pip install 'fangan[s3]'")
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreError, match="s3://bucket/away") as told:
        S3Objects("s3://bucket/away")
    assert "secret" not in str(told.value)


def test_a_bucket_that_is_not_there_is_said(
    s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreError, match="there is no such bucket"):
        S3Objects("s3://nowhere/suzhou")


@pytest.fixture
def here(url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """This host's home, with a store that others share."""
    monkeypatch.setenv("FANGAN_STORE", url)
    return settings


@pytest.fixture
def there(here: Settings, tmp_path: Path) -> Settings:
    """The home of another host; become it with ``_move``."""
    return Settings(raw=here.raw, home=tmp_path / "other host").prepare()


def _move(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("FANGAN_HOME", str(settings.home))


def test_what_one_host_wrote_another_one_reads(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    delivered = _file(tmp_path, b"as delivered")
    archived = store_version(here.archive, delivered)
    with sharing(here.accepted / "2022-10" / "a.parquet") as temporary:
        temporary.write_bytes(b"rows")
    sha256 = sha256_of(here.accepted / "2022-10" / "a.parquet")
    _move(monkeypatch, there)
    path = checked_version(there.archive, archived.sha256)
    assert path.read_bytes() == b"as delivered"
    assert path.stat().st_mode & 0o777 == 0o400
    accepted = verified(there.accepted / "2022-10" / "a.parquet", sha256)
    assert (accepted.read_bytes(), accepted.stat().st_mode & 0o777) == (b"rows", 0o600)
    # there are the bytes already: nothing is stored twice
    assert store_version(there.archive, delivered).sha256 == archived.sha256


def test_a_damaged_file_is_mended_from_the_store(here: Settings, tmp_path: Path) -> None:
    archived = store_version(here.archive, _file(tmp_path, b"as delivered"))
    archived.path.chmod(0o600)
    archived.path.write_bytes(b"as flipped")
    assert checked_version(here.archive, archived.sha256).read_bytes() == b"as delivered"


def test_other_bytes_in_the_store_are_not_taken(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sharing(here.accepted / "a.parquet") as temporary:
        temporary.write_bytes(b"flipped")
    _move(monkeypatch, there)
    path = there.accepted / "a.parquet"
    assert not is_whole(path, "0" * 64)
    with pytest.raises(StoredFileDamageError, match="is gone"):
        verified(path, "0" * 64)
    with pytest.raises(ArchiveDamageError, match="is gone"):
        checked_version(there.archive, "0" * 64)


def test_nothing_is_seen_here_that_the_store_does_not_have(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreError("the store is away")

    monkeypatch.setattr(FolderObjects, "put", away)
    monkeypatch.setattr(S3Objects, "put", away)
    path = here.accepted / "a.parquet"
    with pytest.raises(StoreError), sharing(path) as temporary:
        temporary.write_bytes(b"rows")
    assert list(here.accepted.iterdir()) == []


def test_only_six_folders_of_the_home_are_shared(here: Settings) -> None:
    shared = (
        here.archive,
        here.landing,
        here.accepted,
        here.quarantine,
        here.samples,
        here.releases,
    )
    assert [shared_key(folder / "a") for folder in shared] == [
        f"{folder.name}/a" for folder in shared
    ]
    scratch = Settings(here.raw, here.scratch / ".check.tmp")
    for path in (here.statistics, here.name_key, here.ledger_file, scratch.accepted / "a"):
        assert shared_key(path) is None
    share(here.statistics)
    assert stored_sizes() == {}


def test_a_home_is_filled_from_the_store_and_the_store_from_a_home(
    here: Settings, there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (here.landing, here.releases / "2022-10"):
        folder.mkdir(exist_ok=True)
        (folder / "a").write_bytes(b"from before there was a store")
    (here.published / "b").write_bytes(b"stays here")
    assert (share_all(here), share_all(here)) == (2, 0)
    _move(monkeypatch, there)
    assert (fetch_all(there), fetch_all(there)) == (2, 0)
    assert (there.releases / "2022-10" / "a").stat().st_mode & 0o777 == 0o400
    take_back(there.landing / "a", there.published / "b")
    assert sorted(stored_sizes()) == ["releases/2022-10/a"]


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGAN_STORE", "ftp://host/folder")
    with pytest.raises(ConfigurationError, match="s3://"):
        load_settings()
