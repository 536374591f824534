"""The store in an S3 bucket, through s3fs (the extra ``s3``).

Endpoint, region and keys come from where all AWS tools take them: ``AWS_ENDPOINT_URL``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_DEFAULT_REGION`` or a profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.choices import ConfigurationError
from orchestration.store.objects.places import ObjectExistsError, StoreError

#: How S3 says that ``IfNoneMatch`` did not hold: the key is taken, or being taken just now.
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class S3Objects:
    """A prefix of a bucket. An upload is seen whole or not at all, and then kept by S3."""

    def __init__(self, url: str) -> None:
        try:
            import s3fs
        except ImportError as error:
            raise ConfigurationError(
                "FANGAN_STORE 需要 s3fs。A store in S3 needs the extra s3: pip install 'fangan[s3]'"
            ) from error
        self._url = url.rstrip("/")
        self._root = self._url.removeprefix("s3://")
        # another host's objects must be seen at once
        self._files = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
        # without its bucket every object would seem to be gone
        with self._explained(""):
            try:
                self._files.call_s3("head_bucket", Bucket=self._root.partition("/")[0])
            except FileNotFoundError as error:
                raise OSError("there is no such bucket") from error

    def put(self, key: str, source: Path, *, once: bool = False) -> None:
        """Upload a file; with ``once`` S3 itself refuses a key that is taken."""
        mode = "create" if once else "overwrite"
        with self._explained(key):
            try:
                self._files.put_file(str(source), self._path(key), mode=mode)
            except OSError as error:
                if once and _is_taken(error):
                    raise ObjectExistsError(f"{self._url}/{key} is there already") from error
                raise

    def get(self, key: str, target: Path) -> None:
        """Download an object; raise FileNotFoundError if there is none."""
        with self._explained(key):
            self._files.get_file(self._path(key), str(target))

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        with self._explained(key):
            return bool(self._files.isfile(self._path(key)))

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Return the size in bytes of every object below a folder, by key."""
        with self._explained(folder):
            found = self._files.find(self._path(folder), detail=True)
        start = len(self._root) + 1
        return {path[start:]: about["size"] for path, about in found.items()}

    def delete(self, key: str) -> None:
        """Remove an object; nothing if there is none."""
        with self._explained(key):
            if self._files.isfile(self._path(key)):
                self._files.rm_file(self._path(key))

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}".rstrip("/")

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Say which object of which store failed, except that it is not there."""
        from botocore.exceptions import BotoCoreError

        try:
            yield
        except FileNotFoundError:
            raise
        except (OSError, BotoCoreError) as error:
            raise StoreError(
                f"共享存储 {self._url} 无法使用（{key}）。The store failed: {type(error).__name__}:"
                f" {error}"
            ) from error


def _is_taken(error: OSError) -> bool:
    response: dict[str, Any] = getattr(error.__cause__, "response", None) or {}
    code = response.get("Error", {}).get("Code")
    return isinstance(error, FileExistsError) or code in _TAKEN
