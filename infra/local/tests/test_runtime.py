"""Functions' processes run as long as they should, and no longer."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from rialto_local import processes, runtime
from rialto_local.runtime import Function

_WAITS = "#!/bin/sh\necho $$ $ANSWER >> {log}\nexec sleep 60\n"
_DIES = "#!/bin/sh\necho $$ $ANSWER >> {log}\nexit 3\n"
_PARENT = """
import sys, time
from pathlib import Path
from rialto_local.runtime import Function
function = Function(Path(sys.argv[1]), {"PATH": "/bin:/usr/bin"}, Path(sys.argv[2]))
function.look_after()
print(function.pid, flush=True)
time.sleep(60)
"""


class Processes(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = Path(folder.name)
        self.log = self.state / "log"
        self.binary = self.state / "carts-add-item"
        self.function = Function(self.binary, {"PATH": os.environ["PATH"], "ANSWER": "42"}, self.state)
        self.addCleanup(self.function.end)

    def _build(self, script: str) -> None:
        """As cargo does: the old file goes, the new one comes whole."""
        new = self.state / "new"
        new.write_text(script.format(log=self.log))
        new.chmod(0o755)
        self.binary.unlink(missing_ok=True)
        new.rename(self.binary)

    def _starts(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def _eventually(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_a_new_binary_is_started_in_its_own_environment_and_the_old_one_ended(self) -> None:
        self.function.look_after()
        self.assertIsNone(self.function.pid, "not built yet")
        self._build(_WAITS)
        self.function.look_after()
        first = self.function.pid
        self._eventually(lambda: self._starts() == [f"{first} 42"])
        self.function.look_after()
        self.assertEqual(self.function.pid, first, "nothing has changed")
        self.binary.unlink()
        self.function.look_after()
        self.assertEqual(self.function.pid, first, "the binary is away while it is linked")
        self._build(_WAITS)
        self.function.look_after()
        self.assertNotEqual(self.function.pid, first)
        self._eventually(lambda: len(self._starts()) == 2)
        self.assertEqual(list(processes.marked(self.state)), [self.function.pid])

    def test_one_that_dies_waits_before_it_starts_again_unless_it_is_built(self) -> None:
        self._build(_DIES)
        self.function.look_after()
        self._eventually(lambda: not processes.marked(self.state))
        self.function.look_after()
        self.function.look_after()
        self.assertEqual(len(self._starts()), 1, "it was started again at once")
        self._build(_WAITS)
        self.function.look_after()
        self._eventually(lambda: len(self._starts()) == 2)

    def test_one_that_died_starts_again_after_its_pause(self) -> None:
        self._build(_WAITS)
        self.function.look_after()
        self._eventually(lambda: len(self._starts()) == 1)
        os.kill(self.function.pid or 0, signal.SIGKILL)

        def again() -> bool:
            self.function.look_after()
            return len(self._starts()) == 2

        self._eventually(again)

    def test_one_that_died_after_a_long_life_starts_again_at_once(self) -> None:
        self._build(_WAITS)
        self.function.look_after()
        self._eventually(lambda: len(self._starts()) == 1)
        with mock.patch.object(runtime, "_LONGEST_PAUSE", 0.0):
            os.kill(self.function.pid or 0, signal.SIGKILL)
            self._eventually(lambda: not processes.marked(self.state))
            self.function.look_after()
        self.assertIsNotNone(self.function.pid)

    def test_none_outlives_the_process_that_started_it(self) -> None:
        self._build(_WAITS)
        command = [sys.executable, "-c", _PARENT, str(self.binary), str(self.state)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
            pid = int(parent.stdout.readline()) if parent.stdout else 0
            self.addCleanup(lambda: processes.end([], self.state))
            self._eventually(lambda: len(self._starts()) == 1)
            self.assertIn(pid, processes.marked(self.state))
            parent.kill()
        self._eventually(lambda: not processes.marked(self.state))


if __name__ == "__main__":
    unittest.main()
