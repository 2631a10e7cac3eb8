"""All tests, built first and then run: beside those that wait for the deployed stack all others, which make way for them.

A deployed journey often waits, so running it alone would leave half of the machine idle. The stores' tests press DynamoDB Local
so hard that functions which share it run out of time: they have one of their own.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rialto_local import paths, processes

# The package whose tests talk to the deployed stack. They run one after another: the storm would make the journeys wait.
_DEPLOYED = paths.REPOSITORY / "tests"
# How many of them at once: two a processor, as they wait for longer than they compute.
_WAITING = str(2 * (os.cpu_count() or 1))


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


def run(tests: list[Test], deployed: dict[str, str], others: dict[str, str]) -> int:
    """The exit status of all, each in its package's folder as `cargo test` does; all are run, whatever fails.

    `deployed` is the environment of the tests that talk to the deployed stack, `others` that of all others.
    """
    of_stack = [test for test in tests if test.folder == _DEPLOYED]
    beside = [test for test in tests if test.folder != _DEPLOYED]
    failed = _run([_Lane(of_stack, {"RUST_TEST_THREADS": _WAITING, **deployed}), _Lane(beside, others, makes_way=True)])
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
    """Runs tests one after another, and shows at once what they say.

    One that makes way leaves the processors to others, and shows what a test says when the test is over.
    """

    def __init__(self, tests: list[Test], environment: dict[str, str], *, makes_way: bool = False) -> None:
        super().__init__(daemon=True)
        self.tests, self.passed = tests, list[Test]()  # what could not be run has not passed either
        self._environment, self._makes_way = environment, makes_way
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        for test in self.tests:
            if self._ended.is_set():
                return
            _say(f"     Running {test.name}\n")
            output, errors = (subprocess.PIPE, subprocess.STDOUT) if self._makes_way else (None, None)
            environment = {**self._environment, "CARGO_MANIFEST_DIR": str(test.folder)}
            began = time.monotonic()
            self._process = subprocess.Popen(
                [test.executable], cwd=test.folder, env=environment, stdout=output, stderr=errors
            )
            if self._makes_way:
                processes.make_way(self._process.pid)
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
