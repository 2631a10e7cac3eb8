"""One life of a function's `bootstrap` process, from its start to its death."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rialto_executor.runtime_api import Invocation, Listener, RuntimeApi

_SETPRIV = shutil.which("setpriv")
# "Die with the parent" is tied to the thread that forked: all processes come from this one, which lives as long as LocalStack.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="bootstrap-spawner")
# cargo replaces a binary by deleting it and linking the new one: it is away for a moment.
_REPLACING_SECONDS = 5.0


def failure(error_type: str, message: str) -> bytes:
    """The payload by which Lambda reports that a function failed outside of its own code."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


@dataclass(frozen=True)
class Answer:
    """What came back for an invocation."""

    payload: bytes
    is_error: bool


class InitFailed(Exception):
    """The process did not get as far as asking for work. `payload` is the error as Lambda would report it."""

    def __init__(self, payload: bytes):
        super().__init__(payload.decode("utf-8", "replace"))
        self.payload = payload


class Bootstrap:
    """A running process. Serves one invocation at a time."""

    def __init__(self, code: Path, environment: dict[str, str], write_log: Callable[[bytes], None]):
        self._write_log = write_log
        self._path = code / "bootstrap"
        self._lock = threading.Lock()
        self._log_lock = threading.Lock()
        self._init: Future[bytes | None] = Future()
        self._waiting: tuple[str, Future[Answer]] | None = None
        self.dead = False
        self._api = RuntimeApi(Listener(self._asked_for_work, self._init_failed, self._answered))
        self._pipe, write_end = os.pipe()
        os.set_blocking(self._pipe, False)
        environment = {**environment, "AWS_LAMBDA_RUNTIME_API": self._api.address}
        try:
            self._process = _SPAWNER.submit(self._spawn, code, environment, write_end).result()
        except OSError as error:
            os.close(self._pipe)
            self._api.close()
            raise InitFailed(failure("Runtime.InvalidEntrypoint", f"Error: {error}")) from error
        finally:
            os.close(write_end)
        threading.Thread(target=self._watch, daemon=True, name=f"bootstrap-{self._process.pid}").start()

    def _spawn(self, code: Path, environment: dict[str, str], output: int) -> subprocess.Popen[bytes]:
        deadline = time.monotonic() + _REPLACING_SECONDS
        while not os.access(self._path, os.X_OK) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._binary = _binary_version(self._path)
        if self._binary is None:
            raise FileNotFoundError(f"no executable at {self._path}")
        with_parent = [_SETPRIV, "--pdeathsig", "KILL", "--"] if _SETPRIV else []
        # In LocalStack's process group: ending the group ends all.
        return subprocess.Popen(
            [*with_parent, str(self._path)],
            cwd=code,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    def wait_until_ready(self, seconds: float) -> None:
        """Returns when the process has asked for its first invocation; raises `InitFailed` otherwise."""
        try:
            error = self._init.result(timeout=seconds)
        except TimeoutError:
            error = failure("Sandbox.Timedout", f"Error: Init timed out after {seconds:.2f} seconds")
        if error is not None:
            self.kill()
            raise InitFailed(error)

    def has_newer_binary(self) -> bool:
        """Whether the file was built again since this process started. A file that is away just now is not newer."""
        version = _binary_version(self._path)
        return version is not None and version != self._binary

    def hand(self, invocation: Invocation) -> "Future[Answer]":
        """Gives the process one invocation; the future has its answer, or how the process died."""
        answer: Future[Answer] = Future()
        with self._lock:
            self._waiting = (invocation.request_id, answer)
            if self.dead:
                self._fail_waiting("exited before the invocation")
        self._api.give(invocation)
        return answer

    def take_output(self) -> None:
        """Logs what the process has written so far: all that it wrote before it answered."""
        with self._log_lock:
            self._read_pipe()

    def peak_memory_mb(self) -> int:
        """Peak resident memory in MB; 0 when the process is gone."""
        try:
            for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) >> 10
        except OSError:
            pass
        return 0

    def kill(self) -> None:
        """Ends the process at once."""
        self.dead = True
        self._process.kill()

    def _asked_for_work(self) -> None:
        self._settle_init(None)

    def _init_failed(self, error: bytes) -> None:
        self._settle_init(error)

    def _settle_init(self, error: bytes | None) -> None:
        with contextlib.suppress(InvalidStateError):  # the first word counts
            self._init.set_result(error)

    def _answered(self, request_id: str, payload: bytes, is_error: bool) -> None:
        with self._lock:
            if self._waiting and self._waiting[0] == request_id and not self._waiting[1].done():
                self._waiting[1].set_result(Answer(payload, is_error))

    def _fail_waiting(self, how: str) -> None:
        if self._waiting and not self._waiting[1].done():
            request_id, answer = self._waiting
            answer.set_result(Answer(failure("Runtime.ExitError", f"RequestId: {request_id} Error: {how}"), True))

    def _watch(self) -> None:
        """Logs the process's output until it ends, then tells whoever waits for it how it ended."""
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN | select.POLLHUP)
        while True:
            poll.poll()
            with self._log_lock:
                if not self._read_pipe():
                    os.close(self._pipe)
                    self._pipe = -1
                    break
        how = f"Runtime exited {_ending(self._process.wait())}"
        with self._lock:
            self.dead = True
            self._init_failed(failure("Runtime.ExitError", f"Error: {how}"))
            self._fail_waiting(how)
        self._api.close()

    def _read_pipe(self) -> bool:
        """Moves what is in the pipe to the log; False at its end."""
        while self._pipe >= 0:
            try:
                data = os.read(self._pipe, 65536)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._write_log(data)
        return False


def _binary_version(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _ending(return_code: int) -> str:
    if return_code == 0:
        return "without providing a reason"
    if return_code < 0:
        return f"with error: signal: {signal.Signals(-return_code).name.removeprefix('SIG').lower()}"
    return f"with error: exit status {return_code}"
