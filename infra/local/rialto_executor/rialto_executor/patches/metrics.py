"""Queues publish no metric for each call: three a message, most of what an event costs here.

How many messages wait, which alarms watch, is still published every minute.
"""

from localstack.services.sqs.provider import CloudwatchDispatcher


def patch() -> None:
    """Drops the metrics of single calls."""
    CloudwatchDispatcher.dispatch_sqs_metric = lambda self, *args, **kwargs: None
