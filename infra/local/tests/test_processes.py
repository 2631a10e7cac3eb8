"""Processes of a stack are found and ended, others left alone."""

import sys
import tempfile
import time
import unittest
from pathlib import Path

from rialto_local import processes

_SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
_FORK = [sys.executable, "-c", "import os, time; os.fork() or os.setsid(); time.sleep(60)"]


class Ending(unittest.TestCase):
    def setUp(self) -> None:
        folders = [tempfile.TemporaryDirectory() for _ in range(2)]
        for folder in folders:
            self.addCleanup(folder.cleanup)
        self.state, self.other = (Path(folder.name) for folder in folders)
        self.addCleanup(lambda: [processes.end([], state) for state in (self.state, self.other)])

    def _start(self, command: list[str], state: Path, count: int) -> int:
        group = processes.start(command, {}, state / "log", state)
        deadline = time.monotonic() + 10
        while len(processes.marked(state)) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return group

    def test_a_group_is_ended(self) -> None:
        group = self._start(_SLEEP, self.state, 1)
        self.assertTrue(processes.is_running(group, self.state))
        self.assertEqual(processes.end([group], self.state), [])
        self.assertFalse(processes.is_running(group, self.state))

    def test_a_child_that_left_the_group_is_ended_too(self) -> None:
        group = self._start(_FORK, self.state, 2)
        processes.end([group], self.state)
        self.assertEqual(processes.marked(self.state), {})

    def test_a_recorded_id_that_is_now_another_stacks_is_left_alone(self) -> None:
        group = self._start(_SLEEP, self.other, 1)
        processes.end([group], self.state)
        self.assertTrue(processes.is_running(group, self.other))
