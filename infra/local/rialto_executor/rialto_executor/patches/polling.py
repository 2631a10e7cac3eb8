"""Pollers of streams ask DynamoDB Local itself, and rest when there is nothing to read.

The interval between polls is short, for throughput: a poller brings one batch at a time. Pollers of queues wait longer by
themselves after an empty poll; those of streams do not, and ten idle ones would keep a processor busy. An answer through
LocalStack's own gateway costs five times one of DynamoDB Local.
"""

import functools
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from localstack.services.dynamodb.server import DynamodbServer
from localstack.services.lambda_.event_source_mapping.pollers.dynamodb_poller import DynamoDBPoller
from localstack.services.lambda_.event_source_mapping.pollers.stream_poller import StreamPoller
from localstack.utils.aws.arns import parse_arn

_REST_SECONDS = 0.2


def patch() -> None:
    """Reads past the gateway; rests after a round in which every shard was empty."""
    original_poll, original_get, original_init = StreamPoller.poll_events, StreamPoller.get_records, DynamoDBPoller.__init__

    def init(self, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        self.source_client = _Source(self.source_client)

    def get_records(self, shard_iterator: str) -> dict:
        answer = original_get(self, shard_iterator)
        self.empty_polls = 0 if answer.get("Records") else getattr(self, "empty_polls", 0) + 1
        return answer

    def poll_events(self) -> None:
        original_poll(self)
        if getattr(self, "empty_polls", 0) >= len(self.shards):
            self.empty_polls = 0
            self._is_shutdown.wait(_REST_SECONDS)

    DynamoDBPoller.__init__ = init
    StreamPoller.get_records, StreamPoller.poll_events = get_records, poll_events


class _Source:
    """A client whose records come from DynamoDB Local itself; the rest is LocalStack's."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @property
    def exceptions(self) -> Any:
        return _direct().exceptions

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict:  # noqa: N803
        resource = parse_arn(ShardIterator)["resource"]
        here = f"arn:aws:dynamodb:ddblocal:000000000000:{resource}"
        return _direct().get_records(ShardIterator=here, Limit=Limit)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@functools.cache
def _direct() -> BaseClient:
    return boto3.session.Session().client(
        "dynamodbstreams",
        endpoint_url=DynamodbServer.get().url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=50),
    )
