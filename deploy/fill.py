"""Writes the files of a server into a folder: units of systemd, nginx's site, settings, workspace.

``python3 deploy/fill.py FOLDER --program /opt/fangan --home /var/lib/fangan --raw /srv/raw …``
fills ``templates/``; nothing outside the folder is touched. ``README.md`` says where each goes.
Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import re
import secrets
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
#: A name between two at signs. systemd's own groups of calls begin with one and end without.
_NAME = re.compile(r"@([A-Z_]+)@")
_HOMES_OF_PEOPLE = ("/home", "/root", "/run/user")


def main(arguments: list[str] | None = None) -> None:
    """Fill every template."""
    options = _parser().parse_args(arguments)
    values = {name.upper(): str(value) for name, value in vars(options).items()}
    values["TOKEN"] = secrets.token_urlsafe(32)
    # systemd hides the folders of people, unless something of ours lies there
    ours = (values["PROGRAM"], values["HOME"], values["RAW"], values["BACKUP"])
    values["PROTECT_HOME"] = "no" if any(map(_is_personal, ours)) else "yes"
    options.folder.mkdir(parents=True, exist_ok=True)
    for template in sorted(TEMPLATES.iterdir()):
        written = options.folder / template.name
        written.touch(mode=0o600)
        written.write_text(filled(template.read_text(encoding="utf-8"), values), encoding="utf-8")
        print(written)


def filled(text: str, values: dict[str, str]) -> str:
    """Return a template with its values; raise KeyError for a name that has none."""
    return _NAME.sub(lambda found: values[found[1]], text)


def _is_personal(path: str) -> bool:
    return any(path == home or path.startswith(f"{home}/") for home in _HOMES_OF_PEOPLE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the files are written")
    etc = "/etc/fangan"
    for name, default, meaning in (
        ("program", "/opt/fangan", "this repository, with its .venv"),
        ("home", "/var/lib/fangan", "FANGAN_HOME"),
        ("raw", "/srv/fangan/raw", "FANGAN_RAW, which the services only read"),
        ("backup", "/var/backups/fangan", "where the backups go"),
        ("user", "fangan", "who runs the services, and its group"),
        ("settings", f"{etc}/fangan.env", "where fangan.env will lie"),
        ("workspace", f"{etc}/workspace.yaml", "where workspace.yaml will lie"),
        ("name", "fangan.example", "the server's name in the browser"),
        ("listen", "443", "nginx's address or port for the pages and Dagster"),
        ("lookup-listen", "8443", "the same for the look-up"),
        ("certificate", f"{etc}/certificate.pem", "TLS certificate"),
        ("certificate-key", f"{etc}/certificate.key", "its key"),
        ("users", f"{etc}/users", "who may see the pages (htpasswd)"),
        ("operators", f"{etc}/operators", "who may use Dagster (htpasswd)"),
        ("lookup-users", f"{etc}/lookup-users", "who may look buildings up (htpasswd)"),
        ("lookup-token", f"{etc}/lookup-token.conf", "nginx's line with the look-up's token"),
        ("web-port", "3000", "Dagster's port on this machine"),
        ("lookup-port", "8300", "the look-up's port on this machine"),
        ("database-address", "127.0.0.1", "address of the PostgreSQL server, if there is one"),
        ("memory", "8G", "most memory of the code server and its runs"),
    ):
        parser.add_argument(f"--{name}", default=default, help=f"{meaning} ({default})")
    return parser


if __name__ == "__main__":
    main()
