"""Registers the executor with LocalStack as `LAMBDA_RUNTIME_EXECUTOR=process`."""

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """Loads the executor class on first use: importing it earlier would import half of LocalStack."""

    name = "process"

    def load(self, *args, **kwargs):
        from rialto_executor.executor import ProcessExecutor

        return ProcessExecutor
