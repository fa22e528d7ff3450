"""The program `auditor`: its commands, and the one place where errors end."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from auditor.base.diagnostics import AuditorError
from auditor.base.suggest import nearest
from auditor.cli import check, diff, due, explain, history, rules, terminal, verify
from auditor.cli.command import Command, Program

INTERRUPTED = 130  # as shells report SIGINT
BUG = 70  # EX_SOFTWARE of sysexits.h; Python's own 1 would say "violations"

app = typer.Typer(
    name="auditor",
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 nothing found; 1 violations; 2 the run was not possible; 3 no violation, but a rule could "
    "not be judged on this log.",
)
app.command("check", cls=Command, short_help="Judge a log by rules.")(check.check)
app.command("diff", cls=Command, short_help="Tell what a change of rules changes on a log.")(diff.diff)
app.command("due", cls=Command, short_help="List what falls due next.")(due.due)
app.command("explain", cls=Command, short_help="Tell one case as a timeline.")(explain.explain)
app.command("history", cls=Command, short_help="Tell the runs in a store, trends, and lives of findings.")(
    history.history
)
app.command("verify", cls=Command, short_help="Repeat an audit from its manifest, and compare.")(verify.verify)
app.add_typer(rules.app, name="rules")


def _version(wanted: bool) -> None:
    if wanted:
        from auditor import __version__

        print(f"auditor {__version__}")  # noqa: T201 - the answer itself
        raise typer.Exit


@app.callback()
def auditor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    config: Annotated[str | None, typer.Option(
        metavar="FILE", show_default=False,
        help="Take defaults from this file.  [default: the nearest auditor.yaml, from the working directory upwards]",
    )] = None,
    no_config: Annotated[bool, typer.Option("--no-config", help="Take defaults from no file.")] = False,
) -> None:  # fmt: skip
    """Audit exported logs of user reports and platform responses against YAML rules.

    Every option may have a default of your own: in a file auditor.yaml (`fail_on: high`) or, before that, in the
    environment (AUDITOR_FAIL_ON=high).  With -v, a command says which are used.

    \b
    Examples:
      auditor check reports.csv -m mapping.yaml
      auditor explain reports.csv R-1001 -m mapping.yaml
      auditor rules list
    """


def run() -> NoReturn:
    """Run the program and end the process."""
    code = program()
    # not sys.exit: to take the many small objects of queries apart, one by one, costs a tenth of a small audit's time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would leave what the engine has spilled
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # told already, or closed
            stream.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def program() -> int:
    """Run a command line, and give the exit code; every error that a user can cause ends as a text on stderr."""
    _open_streams()
    gc.disable()  # queries are very many small objects; to go through them takes a sixth of a small audit's time
    try:
        return _guarded()
    finally:
        gc.enable()


def _open_streams() -> None:
    """A stream that the caller has closed leads nowhere; else Python would write what is for stderr to stdout."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - it stays open


def _guarded() -> int:
    try:
        code = app(prog_name="auditor", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except AuditorError as error:
        _tell("\n".join([str(error), *_notes(error)]))
        return error.exit_code
    except TyperException as error:
        return _usage(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and not error.code:
            return 0  # so Typer ends completion; where a pipe is closed, it does so with 1
        terminal.abandon()
        return terminal.PIPE_CLOSED
    except Exception as error:
        if str(error) == "Query interrupted":  # DuckDB's word for Ctrl-C, a RuntimeError
            return INTERRUPTED
        known = _known(error)
        if not known:
            traceback.print_exc()
            return BUG
        _tell(known)
        return AuditorError.exit_code


def _known(error: Exception) -> str:
    """What is to be said of an error that is none of ours and none of our faults; nothing of others."""
    if type(error).__name__ == "OutOfMemoryException":  # named, not imported: DuckDB is heavy
        return "error[out-of-memory]: the engine needs more memory than it may use\n    help: raise --memory"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return f"{str(error.filename)[:40]}…: error[name-too-long]: no file can have a name of this length"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        terminal.abandon()
        return f"error[output-failed]: cannot write to standard output: {error.strerror}"
    return ""


def _usage(error: TyperException) -> int:
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)  # noqa: T201 - the help text
        return AuditorError.exit_code
    option = nearest(getattr(error, "option_name", ""), getattr(error, "possibilities", None) or ())
    message = error.message if option else error.format_message()
    hint = f"did you mean `{option}`?" if option else _advice(message, getattr(error, "option_name", ""), context)
    _tell("\n".join([f"error[usage]: {message}", f"    help: {hint}", *_notes(error)]))
    return AuditorError.exit_code


def _notes(error: Exception) -> list[str]:
    return list(getattr(error, "__notes__", ()))


def _advice(message: str, option: str, context: Any) -> str:
    see = f"see `{context.command_path if context else 'auditor'} --help`"
    if context and any(option in param.opts for param in context.find_root().command.params):
        return f"{option} stands before the command, right after `auditor`"
    if message.startswith("Got unexpected extra argument"):
        return f"a value that holds blanks or brackets stands in single quotes; {see}"
    if message.startswith("No such option") and any(
        one.param_type_name == "argument" for one in context.command.params
    ):
        return f"a value that begins with `-` stands after `--`; {see}"
    return see


def _tell(text: str) -> None:
    from auditor.outputs.hostile import safe_lines

    with suppress(OSError):  # the exit code tells it as well
        print(safe_lines(text), file=sys.stderr)  # noqa: T201 - the one place where errors end
