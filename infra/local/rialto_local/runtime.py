"""Functions as processes of this one, under the Lambda runtime API that `cargo lambda watch` serves.

`cargo lambda` would start each with `cargo run`, all in one environment. Here it serves routes and runtime API alone
(`--only-lambda-apis`), and each function's binary runs as it was built, in its own environment.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from rialto_local import install, paths, ports, processes, say
from rialto_local.say import Failure
from rialto_local.stack import Stack

_SETPRIV = shutil.which("setpriv")
_PORT = 9000
_START_SECONDS = 60
# An invocation whose process died is never answered: the gateway's limit ends the wait.
_REQUEST_SECONDS = "30"
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_PANICKED = 101


class LambdaApi:
    """`cargo lambda watch` with no function of its own, listening on a free port of this machine."""

    def __init__(self, stack: Stack, log: Path, arguments: list[str], port: int | None = None):
        self._log = log
        port = port or _free_port()
        self.address = f"http://127.0.0.1:{port}"
        tools = install.cargo_lambda()
        command = [
            *(str(tools / "cargo-lambda"), "lambda", "watch", "--only-lambda-apis"),
            *("--invoke-address", "127.0.0.1", "--invoke-port", str(port), "--timeout", _REQUEST_SECONDS),
            *arguments,
        ]
        with open(log, "wb") as output:
            environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
            self._process = spawn(command, environment, stack.state, output)
        deadline = time.monotonic() + _START_SECONDS
        try:
            while not _listens(port):
                self.require_running()
                if time.monotonic() > deadline:
                    raise Failure(f"`cargo lambda watch` does not listen after {_START_SECONDS} s: {log}")
                time.sleep(0.1)
        except BaseException:
            self.end()
            raise

    def runtime_of(self, bin_name: str) -> str:
        """Where a function asks for its invocations."""
        return f"{self.address}/.rt/{bin_name}"

    def require_running(self) -> None:
        """Fails when it has ended: its port was taken meanwhile, or the stack went down and took it along."""
        if self._process.poll() is not None:
            end = self._log.read_text(errors="replace")[-2000:]
            raise Failure(f"`cargo lambda watch` has ended. The end of {self._log}:\n{end}")

    def end(self) -> None:
        """Ends it at once."""
        end(self._process)


class Function:
    """A function's process; its binary's changes and its deaths are seen when one looks after it."""

    def __init__(self, binary: Path, environment: dict[str, str], state: Path, output: IO[bytes] | None = None):
        self.name = binary.name
        self._binary, self._environment, self._state, self._output = binary, environment, state, output
        self._pause, self._not_before = _FIRST_PAUSE, 0.0
        self._began = 0.0
        self._version: tuple[int, int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return self._process.pid if self._process else None

    def look_after(self) -> None:
        """Starts the process when there is none, and again when its binary is new. One that keeps dying is given pauses."""
        version = _version(self._binary)
        if self._process and (status := self._process.poll()) is not None:
            self._process = None
            self._seen_dead(status, time.monotonic() - self._began)
        # cargo removes a binary and then links the new one: it is away for a moment.
        if version is None or (version == self._version and (self._process or time.monotonic() < self._not_before)):
            return
        if self._process:
            self.end()
            say.line(f"{self.name} starts again: it was built")
        self._version, self._began = version, time.monotonic()
        self._process = spawn([str(self._binary)], self._environment, self._state, self._output)

    def _seen_dead(self, status: int, lived: float) -> None:
        if lived > _LONGEST_PAUSE:
            self._pause, self._not_before = _FIRST_PAUSE, 0.0
            # Its wait for work is a request, too, and ended as one that waits too long: the runtime panics.
            if status != _PANICKED:
                say.line(f"{self.name} ended with {status}: it starts again")
            return
        self._not_before = time.monotonic() + self._pause
        say.line(f"{self.name} ended with {status}: it starts again in {self._pause:.0f} s, or when it is built")
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def end(self) -> None:
        """Ends the process at once."""
        if self._process:
            end(self._process)
            self._process = None


def spawn(
    command: list[str], environment: dict[str, str], state: Path, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """A process that dies with this one, that Ctrl-C does not reach, and that the end of the stack finds."""
    with_parent = [_SETPRIV, "--pdeathsig", "KILL", "--"] if _SETPRIV else []
    return subprocess.Popen(
        [*with_parent, *command],
        cwd=paths.REPOSITORY,
        env={**environment, processes.MARK: str(state)},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills a spawned process with its children and waits until it is gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _version(binary: Path) -> tuple[int, int, int] | None:
    try:
        status = binary.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _free_port() -> int:
    for port in (_PORT, *(random.randrange(ports.FIRST, ports.LAST) for _ in range(100))):
        if ports.is_free(port):
            return port
    raise Failure("no free port")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
