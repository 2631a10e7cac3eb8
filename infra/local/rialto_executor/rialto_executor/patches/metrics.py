"""Queues and functions publish no metric for each call: three a message and one an invocation, much of what an event costs here.

How many messages wait, which alarms watch, is still published every minute.
"""

from collections.abc import Callable
from typing import Any

from localstack.services.lambda_.invocation import version_manager
from localstack.services.sqs.provider import CloudwatchDispatcher
from localstack.utils.threads import FuncThread


def patch() -> None:
    """Drops the metrics of single calls."""
    CloudwatchDispatcher.dispatch_sqs_metric = lambda self, *args, **kwargs: None
    original = version_manager.start_thread

    def start_thread(method: Callable, *args: Any, name: str | None = None, **kwargs: Any) -> FuncThread | None:
        if name and name.startswith("record-cloudwatch-metric"):
            return None
        return original(method, *args, name=name, **kwargs)

    version_manager.start_thread = start_thread
