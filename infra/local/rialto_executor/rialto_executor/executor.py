"""One execution environment: a warm process that serves one invocation at a time.

LocalStack makes an environment for each concurrent invocation of a function and keeps it for a while. After a time-out
or a crash the process is started again by the environment's next invocation, as AWS does.
"""

import os
import threading
import time
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from rialto_executor import faults, settings
from rialto_executor.bootstrap import Answer, Bootstrap, InitFailed, failure
from rialto_executor.log import FunctionLog
from rialto_executor.runtime_api import Invocation


class ProcessExecutor(RuntimeExecutor):
    """LocalStack's interface to one environment."""

    def __init__(self, id: str, function_version: FunctionVersion):
        super().__init__(id=id, function_version=function_version)
        self._function = function_version.id.function_name
        self._timeout = function_version.config.timeout
        self._log = FunctionLog(self._function)
        self._lock = threading.Lock()
        self._environment: dict[str, str] = {}
        self._process: Bootstrap | None = None
        self._init_ms: float | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts the process and waits until it asks for work."""
        self._environment = {**settings.FUNCTION_ENV, **{name: str(value) for name, value in env_vars.items()}}
        with self._lock:
            self._start_process()

    def stop(self) -> None:
        """Ends the environment. An invocation under way ends in `Runtime.ExitError`."""
        if process := self._process:
            process.kill()
        self._log.close()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Runs one invocation to its answer, its time-out or the death of the process."""
        request_id = payload["invoke-id"]
        with self._lock:
            process = self._fresh_process()
        fault = faults.next_for(self._function)
        self._say(f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}")
        began = time.perf_counter()
        answer, status = self._answer_of(process, payload, fault)
        milliseconds = (time.perf_counter() - began) * 1000
        process.take_output()
        self._report(request_id, milliseconds, process, status)
        return InvocationResult(request_id, answer.payload, is_error=answer.is_error, logs=self._log.take())

    def _answer_of(self, process: Bootstrap, payload: dict[str, str], fault: str | None) -> tuple[Answer, str]:
        request_id = payload["invoke-id"]
        future = process.hand(
            Invocation(
                request_id=request_id,
                function_arn=payload["invoked-function-arn"],
                trace_id=payload["trace-id"],
                payload=payload["payload"].encode(),
                deadline_ms=int((time.time() + self._timeout) * 1000),
            )
        )
        if fault == "kill":
            process.kill()
        try:
            answer = future.result(timeout=self._timeout)
        except TimeoutError:
            process.kill()
            message = f"RequestId: {request_id} Error: Task timed out after {self._timeout:.2f} seconds"
            self._say(message)
            return Answer(failure("Sandbox.Timedout", message), True), "\tStatus: timeout"
        if fault == "lose_answer":
            process.kill()
            message = f"RequestId: {request_id} Error: Runtime exited with error: signal: kill"
            return Answer(failure("Runtime.ExitError", message), True), ""
        return answer, ""

    def _fresh_process(self) -> Bootstrap:
        process = self._process
        if process and not process.dead and process.has_newer_binary():
            process.kill()
        if process is None or process.dead:
            process = self._start_process()
        return process

    def _start_process(self) -> Bootstrap:
        began = time.perf_counter()
        code = self.function_version.config.code
        code.prepare_for_execution()
        folder = Path(code.get_unzipped_code_location())
        environment = {
            **self._environment,
            "LAMBDA_TASK_ROOT": str(folder),
            "LAMBDA_RUNTIME_DIR": str(folder),
            "PATH": os.environ["PATH"],
        }
        try:
            self._process = Bootstrap(folder, environment, self._log.write)
            self._process.wait_until_ready(settings.INIT_TIMEOUT)
        except InitFailed as error:
            self._say(f"INIT_REPORT Status: error {error}")
            raise StatusErrorException("init failed", payload=error.payload) from error
        self._init_ms = (time.perf_counter() - began) * 1000
        return self._process

    def _report(self, request_id: str, milliseconds: float, process: Bootstrap, status: str) -> None:
        init, self._init_ms = self._init_ms, None
        init_part = f"\tInit Duration: {init:.2f} ms" if init is not None else ""
        self._say(f"END RequestId: {request_id}")
        self._say(
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {int(milliseconds) + 1} ms"
            f"\tMemory Size: {self.function_version.config.memory_size} MB"
            f"\tMax Memory Used: {process.peak_memory_mb()} MB{init_part}{status}"
        )

    def _say(self, line: str) -> None:
        self._log.write(line.encode() + b"\n")

    def get_logs(self) -> str:
        return self._log.peek()

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_rialto/runtime/{self.id}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing: versions of a function share its code, which LocalStack deletes with the function."""
