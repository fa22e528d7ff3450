"""Where a store is: a path or a database URL, and how to name it without its password."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.base.diagnostics import Place, UnusableError

if TYPE_CHECKING:
    from sqlalchemy import URL

_SECRETS = ("password", "sslpassword")  # in the query of a URL
_FORMS = "write a path such as audits.db, sqlite:///audits.db or postgresql://user@host/database"


@dataclass(frozen=True)
class Address:
    """A SQLite file or a PostgreSQL database."""

    name: str  # as typed, without password
    path: Path | None = None
    url: URL | None = None

    @property
    def place(self) -> Place:
        """Where an error is."""
        return Place(self.name)

    def harmless(self, text: str) -> str:
        """A text of the database's, in one line and without the password."""
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return " ".join(text.split())

    def _secrets(self) -> list[str]:
        if self.url is None:
            return []
        asked = [self.url.password, *(self.url.query.get(name) for name in _SECRETS), os.environ.get("PGPASSWORD")]
        return [str(secret) for secret in asked if secret]


def address(text: str) -> Address:
    """What a path or URL stands for.  Raises UnusableError for other databases, and for a file that cannot be made."""
    if "://" not in text:
        return _file(text, text)
    scheme = text.partition("://")[0].lower()
    if scheme == "sqlite":
        place = text.partition("://")[2]
        if not place.startswith("/") or place in {"/", "/:memory:"}:
            raise UnusableError("store-address", "this URL names no file", place=Place("sqlite:"), help=_FORMS)
        return _file(place[1:], text)
    if scheme == "postgresql":
        return _server(text)
    help = "write postgresql://…" if scheme.startswith("postgres") else _FORMS
    raise UnusableError("store-address", f"a store cannot be in a database of the kind `{scheme}`", help=help)


def _file(path: str, name: str) -> Address:
    found = Path(path)
    if found.is_dir():
        raise UnusableError("store-is-folder", "this store is a folder", place=Place(name), help="name a file in it")
    if not found.absolute().parent.is_dir():
        raise UnusableError("store-no-folder", "the folder of this store does not exist", place=Place(name))
    if found.exists() and not found.is_file():
        raise UnusableError("store-no-file", "a store is a file, not a device or a pipe", place=Place(name))
    return Address(name, path=found)


def _server(text: str) -> Address:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise UnusableError("store-address", "this URL of a PostgreSQL database cannot be read", help=_FORMS) from None
    if "@" in (url.host or ""):  # the end of a password that is not encoded
        raise UnusableError("store-address", "the password in this URL holds an `@`", help="write it as %40")
    if not url.database:
        raise UnusableError("store-address", "this URL names no database", place=Place("postgresql:"), help=_FORMS)
    shown = url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
    return Address(shown, url=url)
