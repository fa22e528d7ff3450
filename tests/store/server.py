"""A PostgreSQL server of the tests' own: in a folder of its own, on a socket in it, by a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


def binaries() -> Path | None:
    """Where `initdb` and `pg_ctl` are: the newest of the packages, or on the path; None where there are none."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = [str(path) for path in packaged[-1:]] or [path for path in [shutil.which("initdb")] if path]
    return Path(found[0]).parent if found else None


@dataclass(frozen=True)
class Server:
    """A server whose data lie in `folder`."""

    folder: Path
    bin: Path

    def make(self) -> None:
        """Make its files and start it."""
        if user := self._user():
            shutil.chown(self.folder, user)
        self._run("initdb", "-D", self._data, "-U", "auditor", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c shared_buffers=16MB"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As a power cut would."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def url(self, schema: str) -> str:
        """The address of a schema in its database."""
        return f"postgresql://auditor@/postgres?host={self.folder}&options=-csearch_path%3D{schema}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        done = subprocess.run(
            command, user=self._user(), cwd=self.folder, stdin=subprocess.DEVNULL, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} ended with {done.returncode}; see {self.folder / 'log'}"

    @staticmethod
    def _user() -> str | None:
        """Somebody else where the tests run as root, whom `initdb` refuses."""
        if os.geteuid():
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"
