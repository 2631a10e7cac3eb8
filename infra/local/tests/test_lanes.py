"""What is run, side by side, and that a failure in any lane is one of the whole."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path

from rialto_local import lanes, paths


def _message(target: str, *, test: bool, executable: str | None) -> str:
    folder = paths.REPOSITORY / Path(target).parent.parent
    message = {
        "reason": "compiler-artifact",
        "manifest_path": str(folder / "Cargo.toml"),
        "target": {"src_path": str(paths.REPOSITORY / target)},
        "profile": {"test": test},
        "executable": executable,
    }
    return json.dumps(message)


class Lanes(unittest.TestCase):
    def test_only_what_cargo_would_run_is_run_by_name(self) -> None:
        messages = [
            _message("shared/kernel/src/lib.rs", test=True, executable="/t/kernel-1"),
            _message("shared/dynamo/src/lib.rs", test=True, executable="/t/dynamo-1"),
            _message("shared/kernel/src/lib.rs", test=False, executable=None),
            _message("functions/edge/src/main.rs", test=False, executable="/t/edge"),
            "not a message",
            json.dumps({"reason": "build-finished", "success": True}),
        ]
        tests = lanes.tests_of("\n".join(messages))
        self.assertEqual([str(test.executable) for test in tests], ["/t/dynamo-1", "/t/kernel-1"])
        self.assertEqual(tests[1].folder, paths.REPOSITORY / "shared/kernel")

    def test_each_runs_in_its_folder_and_a_failure_does_not_stop_the_others(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder).resolve()
            tests = [
                lanes.Test("bad", here, self._script(here, "bad", "exit 3")),
                lanes.Test("good", here, self._script(here, "good", 'pwd > ran; echo "$CARGO_MANIFEST_DIR" >> ran')),
            ]
            self.assertEqual(lanes.run(tests, {}, dict(os.environ)), 1)
            self.assertEqual((here / "ran").read_text().split(), [str(here), str(here)])
            self.assertEqual(lanes.run(tests[1:], {}, dict(os.environ)), 0)

    def test_those_of_the_deployed_stack_have_another_environment_and_more_threads(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder).resolve()
            tests = [
                lanes.Test("deployed", lanes._DEPLOYED, self._script(here, "a", f'echo "$WHO $RUST_TEST_THREADS" > {here}/a.out')),
                lanes.Test("other", here, self._script(here, "b", 'echo "$WHO $RUST_TEST_THREADS" > b.out')),
            ]
            path = {"PATH": os.environ["PATH"]}
            self.assertEqual(lanes.run(tests, {**path, "WHO": "deployed"}, {**path, "WHO": "other"}), 0)
            self.assertEqual((here / "a.out").read_text().split(), ["deployed", lanes._WAITING])
            self.assertEqual((here / "b.out").read_text().split(), ["other"])

    def test_what_cannot_be_run_has_failed(self) -> None:
        gone = lanes.Test("gone", Path("/"), Path("/nowhere/gone"))
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(lanes.run([gone], {}, dict(os.environ)), 1)

    def _script(self, folder: Path, name: str, body: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path
