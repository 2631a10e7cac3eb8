"""Where a function's output goes: its log file, and LocalStack, which sends it on to CloudWatch Logs."""

import os
import threading

from rialto_executor import settings


class FunctionLog:
    """Collects what one environment of a function writes."""

    def __init__(self, function: str):
        self._lock = threading.Lock()
        self._since_taken: list[bytes] = []
        self._file = -1
        if settings.LOG_DIR:
            settings.LOG_DIR.mkdir(parents=True, exist_ok=True)
            self._file = os.open(settings.LOG_DIR / f"{function}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, data: bytes) -> None:
        """Adds output of the process or of the executor."""
        with self._lock:
            self._since_taken.append(data)
            if self._file >= 0:
                os.write(self._file, data)

    def take(self) -> str:
        """What was written since the last `take`."""
        with self._lock:
            taken, self._since_taken = self._since_taken, []
        return b"".join(taken).decode("utf-8", "replace")

    def peek(self) -> str:
        """What the next `take` would give."""
        with self._lock:
            return b"".join(self._since_taken).decode("utf-8", "replace")

    def close(self) -> None:
        """Closes the file; later output is only kept in memory."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
