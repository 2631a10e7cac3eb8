"""All tests, built first and then run: what computes beside what waits for the deployed stack, and the rest behind them.

A deployed journey mostly waits, so running it alone would leave half of the machine idle. The stores' tests press DynamoDB Local
so hard that functions beside them run out of time.
"""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rialto_local import paths

# The package whose tests talk to the deployed stack. They run one after another: the storm would make the journeys wait.
_DEPLOYED = paths.REPOSITORY / "tests"
# The packages whose tests only compute.
_COMPUTING = (_DEPLOYED / "model", _DEPLOYED / "simulation")


@dataclass(frozen=True)
class Test:
    """A built test executable. `folder` is its package's."""

    name: str
    folder: Path
    executable: Path


def built(arguments: list[str], environment: dict[str, str]) -> list[Test] | None:
    """What `cargo test` with these arguments would run; nothing when it does not compile."""
    command = ["cargo", "test", *arguments, "--no-run", "--message-format=json-render-diagnostics"]
    output = subprocess.run(command, cwd=paths.REPOSITORY, env=environment, stdout=subprocess.PIPE)
    return None if output.returncode else tests_of(output.stdout.decode())


def tests_of(messages: str) -> list[Test]:
    """The test executables that cargo's messages tell of, by name: cargo tells of them as they are built."""
    tests = []
    for line in messages.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("reason") != "compiler-artifact" or not message.get("executable"):
            continue
        if message["profile"]["test"]:
            folder = Path(message["manifest_path"]).parent
            name = str(Path(message["target"]["src_path"]).relative_to(paths.REPOSITORY))
            tests.append(Test(name, folder, Path(message["executable"])))
    return sorted(tests, key=lambda test: test.name)


def run(tests: list[Test], environment: dict[str, str]) -> int:
    """The exit status of all, each in its package's folder as `cargo test` does; all are run, whatever fails."""
    deployed = [test for test in tests if test.folder == _DEPLOYED]
    computing = [test for test in tests if test.folder in _COMPUTING]
    others = [test for test in tests if test not in deployed and test not in computing]
    beside = [_Lane(deployed, environment, streams=True), _Lane(computing, environment, streams=False)]
    behind = [_Lane(others, environment, streams=True)]
    failed = [*_run(beside), *_run(behind)]
    print(f"failed: {', '.join(failed)}" if failed else f"{len(tests)} test executables passed", flush=True)
    return 1 if failed else 0


def _run(lanes: "list[_Lane]") -> list[str]:
    try:
        for lane in lanes:
            lane.start()
        while any(lane.is_alive() for lane in lanes):
            time.sleep(0.2)  # not `join`, which a signal does not end
    finally:
        for lane in lanes:
            lane.end()
    return [test.name for lane in lanes for test in lane.tests if test not in lane.passed]


class _Lane(threading.Thread):
    """Runs tests one after another. One that streams shows what a test says at once, another when the test is over."""

    def __init__(self, tests: list[Test], environment: dict[str, str], *, streams: bool) -> None:
        super().__init__(daemon=True)
        self.tests, self.passed = tests, list[Test]()  # what could not be run has not passed either
        self._environment, self._streams = environment, streams
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        for test in self.tests:
            if self._ended.is_set():
                return
            _say(f"     Running {test.name}\n")
            output, errors = (None, None) if self._streams else (subprocess.PIPE, subprocess.STDOUT)
            environment = {**self._environment, "CARGO_MANIFEST_DIR": str(test.folder)}
            began = time.monotonic()
            self._process = subprocess.Popen(
                [test.executable], cwd=test.folder, env=environment, stdout=output, stderr=errors
            )
            said, _ = self._process.communicate()
            _say(f"     Ran {test.name} in {time.monotonic() - began:.0f} s\n", said or b"")
            if self._process.returncode == 0:
                self.passed.append(test)

    def end(self) -> None:
        """Kills what runs."""
        self._ended.set()
        if self._process and self._process.poll() is None:
            self._process.kill()


def _say(line: str, more: bytes = b"") -> None:
    sys.stdout.buffer.write(line.encode() + more)
    sys.stdout.buffer.flush()
