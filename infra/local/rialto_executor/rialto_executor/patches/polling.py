"""Pollers of streams rest when there is nothing to read.

The interval between polls is short, for throughput: a poller brings one batch at a time. Pollers of queues wait longer by
themselves after an empty poll; those of streams do not, and ten idle ones would keep a processor busy.
"""

from localstack.services.lambda_.event_source_mapping.pollers.stream_poller import StreamPoller

_REST_SECONDS = 0.2


def patch() -> None:
    """Rests after a round in which every shard was empty."""
    original_poll, original_get = StreamPoller.poll_events, StreamPoller.get_records

    def get_records(self, shard_iterator: str) -> dict:
        answer = original_get(self, shard_iterator)
        self.empty_polls = 0 if answer.get("Records") else getattr(self, "empty_polls", 0) + 1
        return answer

    def poll_events(self) -> None:
        original_poll(self)
        if getattr(self, "empty_polls", 0) >= len(self.shards):
            self.empty_polls = 0
            self._is_shutdown.wait(_REST_SECONDS)

    StreamPoller.get_records, StreamPoller.poll_events = get_records, poll_events
