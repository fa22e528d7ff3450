"""What databases complain of, as errors that a user can mend.  What is none of these is a bug and stays one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor.base.diagnostics import UnusableError

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from auditor.results.store.address import Address

_INTACT = "what was recorded before is as it was"
Words = tuple[str, str, str]  # code, message, help

# https://www.sqlite.org/rescode.html, by the beginning of the name
_SQLITE: dict[str, Words] = {
    "SQLITE_NOTADB": ("store-foreign", "this file is no store of auditor", "name another file; it is left as it is"),
    "SQLITE_CORRUPT": ("store-damaged", "this store is damaged", "bring back a copy of it"),
    "SQLITE_BUSY": ("store-busy", "another program holds this store", f"try again when it is done; {_INTACT}"),
    "SQLITE_LOCKED": ("store-busy", "another program holds this store", f"try again when it is done; {_INTACT}"),
    "SQLITE_READONLY": ("store-read-only", "this store cannot be written", "check the rights on it and its folder"),
    "SQLITE_PERM": ("store-read-only", "this store cannot be written", "check the rights on it and its folder"),
    "SQLITE_AUTH": ("store-read-only", "this store cannot be written", "check the rights on it and its folder"),
    "SQLITE_CANTOPEN": ("store-unopened", "this store cannot be opened", "check the rights on it and its folder"),
    "SQLITE_FULL": ("store-full", "the disk of this store is full", f"make room and run again; {_INTACT}"),
    "SQLITE_IOERR": ("store-failed", "this store cannot be read or written", f"check its disk; {_INTACT}"),
    "SQLITE_TOOBIG": ("store-failed", "a value is too large for this store", _INTACT),
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by the beginning of the code
_POSTGRES: dict[str, Words] = {
    "08": ("store-gone", "the database does not answer", f"run again when it does; {_INTACT}"),
    "57": ("store-gone", "the database has been shut down", f"run again when it is back; {_INTACT}"),
    "53": ("store-full", "the database lacks room", f"make room and run again; {_INTACT}"),
    "58": ("store-failed", "the database fails", f"see its log; {_INTACT}"),
    "XX": ("store-damaged", "the database is damaged", "see its log"),
    "55": ("store-busy", "another program holds this store", f"try again when it is done; {_INTACT}"),
    "40": ("store-busy", "another program holds this store", f"try again when it is done; {_INTACT}"),
    "25": ("store-read-only", "the database cannot be written", "a store needs a database that takes writes"),
    "42501": ("store-read-only", "the database does not let this user do this", "ask for the right to create tables"),
    "28": ("store-refused", "the database does not know this user or password", "check both; PGPASSWORD is read"),
    "3D": ("store-missing", "there is no such database", "create it, or check its name"),
}
_UNCONNECTED: Words = ("store-gone", "no connection to the database", f"check that it runs, and run again; {_INTACT}")


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Raises UnusableError for what databases complain of."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        words = _words(error, address)
        if words is None:
            raise
        code, message, help = words
        said = address.harmless(str(error.orig))
        raise UnusableError(code, f"{message} ({said})", place=address.place, help=help) from None


def _words(error: DBAPIError, address: Address) -> Words | None:
    if address.path is not None:
        return _beginning(_SQLITE, getattr(error.orig, "sqlite_errorname", ""))
    code = getattr(error.orig, "sqlstate", None)
    if code is None:  # the connection was not made, or has broken
        return _UNCONNECTED if type(error).__name__ in {"OperationalError", "InterfaceError"} else None
    return _beginning(_POSTGRES, code)


def _beginning(known: dict[str, Words], code: str) -> Words | None:
    return next((words for start, words in known.items() if code.startswith(start)), None)
