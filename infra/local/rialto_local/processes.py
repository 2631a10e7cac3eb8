"""Process groups that a stack starts, and their certain end.

All processes of a stack carry its state folder in their environment (`MARK`), functions too. A group is ended by the id that was
recorded, if a process in it carries the mark: an id that the kernel has given to someone else since is left alone.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

MARK = "RIALTO_LOCAL_STATE"
# They outlive this process on purpose; kept here, so that Python does not complain about it.
_started: list[subprocess.Popen[bytes]] = []


def start(command: Sequence[str], environment: Mapping[str, str], log: Path, state: Path) -> int:
    """Starts a process in a group and session of its own, its output in `log`. Returns the group's id."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            command,
            env={**environment, MARK: str(state)},
            cwd=state,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    _started.append(process)
    return process.pid


def make_way(process: int) -> None:
    """Lets others have the processors first. To be called when it has just started: what it has begun by then keeps its claim."""
    os.setpriority(os.PRIO_PROCESS, process, 10)


def marked(state: Path) -> dict[int, int]:
    """All live processes of the stack: id to group."""
    needle = f"{MARK}={state}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if needle in (entry / "environ").read_bytes().split(b"\0") and _is_alive(entry):
                found[int(entry.name)] = os.getpgid(int(entry.name))
        except OSError:
            continue  # gone meanwhile, or another user's
    return found


def _is_alive(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def is_running(group: int, state: Path) -> bool:
    """Whether the group's leader is alive and this stack's."""
    return group in marked(state)


def end(groups: Sequence[int], state: Path) -> list[int]:
    """Kills the recorded groups and what else carries the mark. Returns the ids of processes that would not go: none, normally."""
    own_groups = set(marked(state).values())
    for group in {*groups, *own_groups} & own_groups:
        _kill(os.killpg, group)
    deadline = time.monotonic() + 10
    while (left := marked(state)) and time.monotonic() < deadline:
        for process in left:
            _kill(os.kill, process)
        time.sleep(0.02)
    _wait_until_buried(own_groups)
    return sorted(left)


def _kill(send: Callable[[int, int], None], target: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        send(target, signal.SIGKILL)


def _wait_until_buried(groups: set[int]) -> None:
    """Waits until the dead have left the process table too, but not for ever: some containers' first process does not care."""
    deadline = time.monotonic() + 3
    while groups and time.monotonic() < deadline:
        for group in list(groups):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)  # when this very process started it
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                groups.discard(group)
        time.sleep(0.02)
