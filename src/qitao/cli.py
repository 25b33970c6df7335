"""The command `qitao`.

Exit codes: 0 done; 1 the answer is no (refused, or problems found); 2 used wrongly (arguments, environment, a port
that is taken); 3 no database; 141 nobody reads the output any more. What was anticipated is said in one line with its
remedy; a traceback is a defect.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from qitao import __version__
from qitao.accounts.roles import ROLES
from qitao.kernel.refusal import Refusal
from qitao.project import env

DONE, NO, WRONG_USE, NO_DATABASE, INTERRUPTED, UNHEARD = 0, 1, 2, 3, 130, 141

UNREACHABLE = ("OperationalError", "PoolTimeout")
UNUSABLE = (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)

Run = Callable[[argparse.Namespace, env.Environment], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; return its exit code."""
    given = parser().parse_args(arguments)
    for name in env.unknown(os.environ):
        _complain(f"warning: {name} means nothing to Qitao; is it misspelt? `qitao doctor` lists the variables")
    try:
        environment = env.read(os.environ)
    except env.BadEnvironment as bad:
        for mistake in bad.mistakes:
            _complain(mistake)
        return WRONG_USE
    try:
        run: Run = given.run
        answer = run(given, environment)
        sys.stdout.flush()
        return answer
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read along, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNHEARD
    except Refusal as refusal:
        _complain(_said(refusal, environment.language))
        return NO
    except Exception as failure:
        code = _anticipated(failure)
        if code is None:
            raise
        _complain(_told(failure, environment))
        return code


def _told(failure: Exception, environment: env.Environment) -> str:
    """Say in one line what failed, and what can be done about it."""
    if isinstance(failure, UNUSABLE) and failure.filename:
        reason = (failure.strerror or "cannot be used").lower()
        return f"{failure.filename}: {reason}; choose a path that this user may read and write"
    if type(failure).__name__ in UNREACHABLE:
        said = str(failure).strip().splitlines()[0].rstrip(".")
        place = "DATABASE_URL" if environment.database_url else f"the database in {environment.home}"
        return f"{place}: {said}; is the server running, and does it let us in? `qitao doctor` looks closer"
    return str(failure)


def _anticipated(failure: Exception) -> int | None:
    """Return the exit code of a failure that an operator can do something about; None for a defect."""
    from qitao.project import connect, trial, web_server

    if isinstance(failure, connect.NoDatabase):
        return NO_DATABASE
    if isinstance(failure, web_server.PortTaken):
        return WRONG_USE
    if isinstance(failure, trial.NotPrepared):
        return failure.code
    if isinstance(failure, (trial.DoesNotStart, *UNUSABLE)):
        return NO
    if type(failure).__name__ in UNREACHABLE:
        return NO_DATABASE
    return None


def _said(refusal: Refusal, language: str) -> str:
    """Return a refusal in the language of the environment; in English where no translator is at hand (`qitao plan`)."""
    from django.apps import apps

    if not apps.ready:
        return str(refusal)
    from django.utils import translation

    from qitao.web.saying import say

    with translation.override(language):
        return say(refusal).text


def _complain(text: str) -> None:
    print(f"qitao: {text}", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """Describe every command."""
    top = argparse.ArgumentParser(prog="qitao", description="齐套 Qitao: foresee, settle and prevent shortages.")
    top.add_argument("--version", action="version", version=f"qitao {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Run, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run)
        return sub

    demo = command("demo", _demo, "Run everything on this machine with the demo factory, until Ctrl-C")
    demo.add_argument("--reset", action="store_true", help="throw the data away and start the story again")
    ready = commands.add_parser("prepare")  # a step of demo, in a process of its own
    ready.add_argument("--reset", action="store_true")
    ready.set_defaults(run=_prepare)
    command("serve", _serve, "Run the web server")
    worker = command("worker", _worker, "Do background work")
    worker.add_argument("--concurrency", type=int, default=2, metavar="N", help="how many things at once (2)")
    command("migrate", _migrate, "Bring the database's tables up to date")
    _describe_exchange(command)
    prove = command("verify", _verify, "Prove that balances equal moves, and that what was written is as it was sealed")
    prove.add_argument(
        "--anchor",
        action="append",
        default=[],
        type=_anchor,
        metavar="NUMBER:HASH",
        help="an end of the chain as it was printed before; it must still be there",
    )
    command("doctor", _doctor, "Check environment, database and machine; say what to do")
    person = command("createuser", _createuser, "Make a person who can sign in; asks for the password, or reads a line")
    person.add_argument("username")
    person.add_argument("--name", default="", help="as shown to others (the sign-in name)")
    roles = f"one of {', '.join(ROLES)}; may be given more than once"
    person.add_argument("--role", action="append", required=True, metavar="ROLE", help=roles)
    person.add_argument("--language", default="zh-hans", choices=env.LANGUAGES)
    django = command("django", _django, "Run a management command of Django (for developers)")
    django.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def _describe_exchange(command: Callable[[str, Run, str], argparse.ArgumentParser]) -> None:
    """Describe the commands that read and write folders of tables."""
    take = command("import", _import, "Load a folder of tables into the database")
    take.add_argument("folder", type=Path)
    take.add_argument("--check", action="store_true", help="say what would be taken, load nothing")
    take.add_argument("--report", type=Path, metavar="FILE", help="where the row-by-row account goes (data folder)")
    give = command("export", _export, "Write what is in the system as a plant folder")
    give.add_argument("folder", type=Path)
    plan = command("plan", _plan, "Plan a plant folder without a database")
    plan.add_argument("folder", type=Path)
    plan.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the answer is written")
    plan.add_argument("--as-of", metavar="DATE", help="the day of the plan (today)")
    plan.add_argument("--mode", choices=("unconstrained", "material", "capacity"), default="material")
    plan.add_argument("--rank", metavar="KEYS", help="order of service: a list of priority, due, start (priority,due)")


def _demo(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import trial

    trial.run(environment, reset=given.reset)
    return DONE


def _prepare(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment, as_owner=True):
        from qitao.project.prepare import prepare

        prepare(environment.home, connect.url(environment), reset=given.reset, say=lambda text: print(text, flush=True))
    return DONE


def _serve(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect, web_server

    web_server.check_port(environment.bind, environment.port)
    with connect.server(environment):
        web_server.serve(environment)
    return DONE


def _worker(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment):
        from qitao.project import queue

        queue.work(concurrency=given.concurrency)
    return DONE


def _migrate(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment, as_owner=True):
        from django.core.management import call_command

        from qitao.project import rights

        call_command("migrate", interactive=False)
        rights.give(connect.role(environment))
    return DONE


def _django(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment, as_owner=True):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["qitao django", *given.arguments])
    return DONE


def _createuser(given: argparse.Namespace, environment: env.Environment) -> int:
    import getpass
    from datetime import UTC, datetime

    from qitao.project import connect

    with connect.database(environment):
        from qitao.accounts.queries import system_user
        from qitao.journal.command import Command
        from qitao.journal.people import create_person

        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        create_person(
            Command(actor=system_user(), at=datetime.now(UTC), source="cli"),
            username=given.username,
            password=password,
            values={"name": given.name or given.username, "roles": given.role, "language": given.language},
        )
    print(f"{given.username} can sign in as {', '.join(given.role)}")
    return DONE


def _anchor(text: str) -> object:
    from qitao.kernel.anchor import parse

    try:
        return parse(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong


def _verify(given: argparse.Namespace, environment: env.Environment) -> int:
    from datetime import UTC, datetime

    from qitao.project import connect

    with connect.database(environment):
        from qitao.project import proofs

        outcome = proofs.run(datetime.now(UTC), known=given.anchor)
        for line in proofs.lines(outcome):
            print(line)
    return DONE if outcome.is_good else NO


def _doctor(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import doctor

    findings = list(doctor.examine(environment))
    for finding in findings:
        print(finding)
    return DONE if all(finding.good for finding in findings) else NO


def _import(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment):
        from qitao.exchange.commands import import_folder

        report = import_folder(given.folder, dry_run=given.check, out=given.report, language=environment.language)
    return NO if report.errors else DONE


def _export(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.project import connect

    with connect.database(environment):
        from qitao.exchange.commands import export_folder

        export_folder(given.folder, language=environment.language)
    return DONE


def _plan(given: argparse.Namespace, environment: env.Environment) -> int:
    from qitao.engine.folder import main as plan

    return plan(given.folder, given.out, as_of=given.as_of, mode=given.mode, rank=given.rank)
