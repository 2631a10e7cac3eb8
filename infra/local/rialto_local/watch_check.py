"""`make watch ARGS=--check`: every route asked and a whole purchase made under `cargo lambda watch`, and nothing left behind."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from rialto_local import demo, http, lifecycle, paths, processes, say, watch
from rialto_local.say import Failure
from rialto_local.stack import Stack

_START_SECONDS = 600
_END_SECONDS = 5
_NOBODY = "edge-not-found"


def run(stack: Stack, profile: str, builds: bool) -> int:
    """Runs `watch` as its user does, asks it, and ends it by SIGTERM."""
    before = set(processes.marked(stack.state))
    command = [sys.executable, str(paths.LOCAL / "stack.py"), "--stack", stack.name, "watch", "--profile", profile]
    command += [] if builds else ["--no-build"]
    log = stack.state / "watch-check.log"
    with open(log, "wb") as output:
        served = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        address = _address(served, log)
        _ask_each_route(address)
        demo.run(stack, address)
    finally:
        served.send_signal(signal.SIGTERM)
        try:
            status = served.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            served.kill()
            status = served.wait()
    if status != 128 + signal.SIGTERM:
        raise Failure(f"SIGTERM: it ended with {status}")
    _wait_for_the_stacks_own(stack, before)
    print("watch: every route answers, the purchase goes through, and SIGTERM leaves nothing")
    return 0


def _address(served: subprocess.Popen[bytes], log: Path) -> str:
    """What `watch` says once it serves."""
    deadline = time.monotonic() + _START_SECONDS
    while not (match := re.search(r"^(http://\S+) serves", log.read_text(), re.MULTILINE)):
        if served.poll() is not None or time.monotonic() > deadline:
            raise Failure(f"`watch` serves nothing. The end of {log}:\n{lifecycle.tail(log)}")
        time.sleep(0.2)
    return match[1]


def _ask_each_route(address: str) -> None:
    """Without a token: each route answers from its own function, or from that for unknown routes."""
    # `cargo lambda` answers OPTIONS itself, for browsers.
    asked = [route for route in watch.routes() if route.method != "OPTIONS"]
    for route in asked:
        path = re.sub(r"\{[^}]*\}", "none", route.path)
        reply = http.call(route.method, address + path, timeout=60)
        answered = reply.status < 300 or reply.headers.get("content-type") == "application/problem+json"
        refused = reply.status == 405 or (reply.status == 404 and route.function == _NOBODY)
        if not answered or reply.status >= 500 or refused != (route.function == _NOBODY):
            raise Failure(f"{route.method} {path}: {reply.status} {reply.body!r}, where {route.function} should answer")
    say.line(f"{len(asked)} routes answer")


def _wait_for_the_stacks_own(stack: Stack, before: set[int]) -> None:
    """What `watch` started is gone. Functions that LocalStack has started meanwhile are the stack's."""
    deadline = time.monotonic() + _END_SECONDS
    while left := [process for process in set(processes.marked(stack.state)) - before if _is_watched(process)]:
        if time.monotonic() > deadline:
            raise Failure(f"processes {left} are left")
        time.sleep(0.1)


def _is_watched(process: int) -> bool:
    try:
        variables = open(f"/proc/{process}/environ", "rb").read()
        command = open(f"/proc/{process}/cmdline", "rb").read()
    except OSError:
        return False
    return b"/.rt/" in variables or b"cargo-lambda" in command
