"""The commands, each a function of the parsed arguments."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rialto_local import install, lifecycle, paths, prerequisites, processes, say
from rialto_local.say import Failure
from rialto_local.stack import Stack

Arguments = argparse.Namespace


def main(arguments: list[str]) -> int:
    """Runs one command; returns the exit status."""
    parser = _parser()
    parsed, rest = parser.parse_known_args(arguments)
    if rest and not parsed.passes_on:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    parsed.rest = rest
    try:
        if parsed.needs_libraries:
            _continue_in_environment(arguments)
        return parsed.run(parsed) or 0
    except Failure as failure:
        say.line(f"FAILED: {failure}")
        return 1
    except KeyboardInterrupt:
        say.line("interrupted")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Runs the whole of Rialto on this machine.")
    parser.add_argument("--stack", default=os.environ.get("STACK", "dev"), help="the stack's name (default: dev)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[Arguments], int | None], about: str, needs_libraries: bool = True
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run, needs_libraries=needs_libraries, passes_on=False)
        return command

    add("doctor", _doctor, "say which prerequisite is missing and how to get it", needs_libraries=False)
    add("tools", _tools, "install what the other commands need", needs_libraries=False)
    add("up", _up, "start the stack").add_argument("--stage", help="the stage whose parameters it gets (default: dev)")
    add("down", _down, "end the stack", needs_libraries=False).add_argument(
        "--all", action="store_true", help="every stack of this clone"
    )
    add("deploy", _deploy, "deploy the templates and the built binaries").add_argument(
        "--profile", default="debug", help="Cargo's folder under target/"
    )
    add("status", _status, "list the stacks", needs_libraries=False)
    add("url", _url, "print the API's base address", needs_libraries=False)
    add("credentials", _credentials, "print the seeded people's e-mails and passwords", needs_libraries=False)
    add("env", _env, "print the environment for a function that runs outside of the stack").add_argument(
        "function", help="its name, e.g. carts-add-item"
    )
    logs = add("logs", _logs, "follow a function's log", needs_libraries=False)
    logs.add_argument("function", nargs="?", help="its name, e.g. carts-add-item; without it the names are listed")
    logs.add_argument("--no-follow", action="store_true", help="print the end of the log and stop")
    add("demo", _demo, "show a whole purchase on the deployed stack")
    catalogue = add("catalogue", _catalogue, "print the demo catalogue", needs_libraries=False)
    catalogue.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    add("test", _test, "run the tests on a stack of their own; what else is given goes to `cargo test`").set_defaults(
        passes_on=True
    )
    watch = add("watch", _watch, "run the functions under `cargo lambda watch`, which gets what else is given")
    watch.set_defaults(passes_on=True)
    watch.add_argument("--port", type=int, help="listen there (default: 9000, or any free one)")
    watch.add_argument("--profile", default="debug", help="Cargo's folder under target/")
    watch.add_argument("--no-build", dest="build", action="store_false", help="run what is built")
    watch.add_argument("--check", action="store_true", help="ask every route and make a purchase there, then end")
    bench = add("bench", _bench, "measure routes on a stack of their own")
    bench.add_argument("sections", nargs="*", help="some of its sections only")
    bench.add_argument("--profile", default="debug", help="how those functions are built that are not measured")
    relevance = add("relevance", _relevance, "score the ranking of a running stack's search beside a plain query's")
    relevance.add_argument("catalogue", nargs="?", type=Path, help="in place of the demo catalogue a CSV file, or the folder of the WANDS dataset")
    relevance.add_argument("--opensearch", help="an OpenSearch in place of the stack's")
    fuzz = add("fuzz", _fuzz, "send requests made from the contract to the functions, on a stack of their own")
    fuzz.add_argument("--requests", type=int, default=100_000, help="how many (default: 100000)")
    add("lint", _lint, "check the templates with cfn-lint")
    add("client", _client, "compile the TypeScript client against the contract", needs_libraries=False)
    return parser


def _continue_in_environment(arguments: list[str]) -> None:
    """The rest needs libraries: goes on in the installed environment's Python."""
    environment = install.python_environment()
    if Path(sys.prefix) == environment:
        return
    python = str(environment / "bin/python")
    os.execv(python, [python, str(paths.LOCAL / "stack.py"), *arguments])


def _doctor(_: Arguments) -> int:
    found = prerequisites.findings()
    for finding in found:
        print(finding.line)
    return 0 if all(finding.found for finding in found) else 1


def _tools(_: Arguments) -> None:
    from rialto_local import client, stripe_mock

    install.tools()
    client.modules()
    install.schemathesis()
    stripe_mock.environment()


def _up(arguments: Arguments) -> None:
    lifecycle.up(Stack.named(arguments.stack, arguments.stage))


def _down(arguments: Arguments) -> None:
    for stack in Stack.all() if arguments.all else [Stack.named(arguments.stack)]:
        lifecycle.down(stack)


def _deploy(arguments: Arguments) -> None:
    from rialto_local import deploy, seed

    stack = Stack.named(arguments.stack)
    stack.require_running()
    deploy.deploy(stack, arguments.profile)
    seed.after_deploy(stack)
    say.line(f"API: {stack.base_url}")


def _status(_: Arguments) -> None:
    for stack in Stack.all():
        count = len(processes.marked(stack.state))
        print(
            f"{stack.name}: {f'{stack.base_url} ({count} processes)' if stack.is_running() else 'down' if not count else f'half gone ({count} processes)'}"
        )


def _url(arguments: Arguments) -> None:
    stack = Stack.named(arguments.stack)
    stack.require_running()
    print(stack.base_url)


def _credentials(arguments: Arguments) -> None:
    stack = Stack.named(arguments.stack)
    if not stack.credentials_file.exists():
        raise Failure(f"stack {stack.name} has no people yet: `make deploy` registers them")
    print(stack.credentials_file.read_text(), end="")


def _env(arguments: Arguments) -> None:
    from rialto_local import environment

    stack = Stack.named(arguments.stack)
    stack.require_running()
    functions = environment.of_functions(stack)
    if arguments.function not in functions:
        raise Failure(f"{arguments.function} is not deployed. These are: {', '.join(sorted(functions))}")
    for name, value in functions[arguments.function].items():
        print(f"{name}={value}")


def _logs(arguments: Arguments) -> int | None:
    stack = Stack.named(arguments.stack)
    known = sorted(file.stem.removeprefix(f"{stack.stage}-") for file in stack.logs.glob("*.log"))
    if not arguments.function:
        print("\n".join(known) or "no function has run yet")
        return 0
    name = arguments.function.removeprefix(f"{stack.stage}-")
    if name not in known:
        raise Failure(f"{name} has not run on stack {stack.name}. These have: {', '.join(known) or 'none'}")
    follow = [] if arguments.no_follow else ["-F"]
    os.execvp("tail", ["tail", "-n", "100", *follow, str(stack.logs / f"{stack.stage}-{name}.log")])


def _demo(arguments: Arguments) -> None:
    from rialto_local import demo

    stack = Stack.named(arguments.stack)
    stack.require_running()
    demo.run(stack)


def _catalogue(arguments: Arguments) -> None:
    from rialto_local import demo_catalogue

    print(demo_catalogue.as_csv() if arguments.format == "csv" else demo_catalogue.as_json_lines(), end="")


def _test(arguments: Arguments) -> int:
    from rialto_local import testrun

    return testrun.run(arguments.rest)


def _watch(arguments: Arguments) -> int | None:
    from rialto_local import watch, watch_check

    stack = Stack.named(arguments.stack)
    stack.require_running()
    if arguments.check:
        return watch_check.run(stack, arguments.profile, arguments.build)
    watch.run(stack, arguments.profile, arguments.port, arguments.rest, arguments.build)
    return None


def _bench(arguments: Arguments) -> int:
    from rialto_local import bench

    return bench.run(arguments.sections, arguments.profile)


def _relevance(arguments: Arguments) -> None:
    from rialto_local.relevance import run

    stack = Stack.named(arguments.stack)
    if not arguments.opensearch:
        stack.require_running()
    run.run(arguments.opensearch or stack.opensearch, arguments.catalogue)


def _fuzz(arguments: Arguments) -> int:
    from rialto_local import fuzz, testrun

    return testrun.on_new_stack(lambda stack: fuzz.at_handler_speed(stack, arguments.requests))


def _client(_: Arguments) -> None:
    from rialto_local import client

    client.check()


def _lint(_: Arguments) -> None:
    files = [
        str(path)
        for path in sorted(paths.INFRA.glob("*.yaml"))
        + sorted(paths.INFRA.glob("data/*.yaml"))
        + sorted(paths.INFRA.glob("services/*.yaml"))
    ]
    os.execv(str(Path(sys.prefix) / "bin/cfn-lint"), ["cfn-lint", "--regions", "us-east-1", "--", *files])
