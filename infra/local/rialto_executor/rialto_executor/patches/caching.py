"""What LocalStack works out anew for each call is kept.

A workflow's JSON paths: the grammar's tables are built for every evaluation, four fifths of a state's time. And the parsers and
serializers of a service: their cache is by a client's own copy of the service's model, and each task of a workflow has a
new client.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from localstack.aws import skeleton
from localstack.aws.handlers import service as handlers
from localstack.services.stepfunctions.asl.component.common.path import result_path
from localstack.services.stepfunctions.asl.utils import json_path


def patch() -> None:
    """Caches by path, and by the service's name and protocol."""
    json_path.parse = functools.lru_cache(maxsize=4096)(json_path.parse)
    result_path.parse = functools.lru_cache(maxsize=4096)(result_path.parse)
    for module in (handlers, skeleton):
        for name in ("create_parser", "create_serializer"):
            if create := getattr(module, name, None):
                setattr(module, name, _by_name(create))


def _by_name(create: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[tuple[str, str], Any] = {}
    lock = threading.Lock()

    def cached(service, protocol=None):
        key = (service.service_name, protocol or service.protocol)
        with lock:
            if key not in made:
                made[key] = create(service, protocol)
            return made[key]

    return cached
