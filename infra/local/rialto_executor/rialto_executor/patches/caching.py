"""What LocalStack works out anew for each call is kept.

A workflow's JSON paths: the grammar's tables are built for every evaluation, four fifths of a state's time. A workflow's
definition: it is parsed for every execution, for half a second where it has thirty states. A task's client: each task of a
workflow makes a new one. And the parsers and serializers of a service: their cache is by a client's own copy of the service's
model.
"""

import functools
import pickle
import threading
from collections.abc import Callable
from typing import Any

from localstack.aws import skeleton
from localstack.aws.handlers import service as handlers
from localstack.services.stepfunctions.asl.component.common.path import result_path
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import lambda_eval_utils
from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser
from localstack.services.stepfunctions.asl.utils import json_path
from localstack.services.stepfunctions.backend.execution_worker import ExecutionWorker


def patch() -> None:
    """Caches by path, by definition, by role, and by the service's name and protocol."""
    json_path.parse = functools.lru_cache(maxsize=4096)(json_path.parse)
    result_path.parse = functools.lru_cache(maxsize=4096)(result_path.parse)
    ExecutionWorker._get_evaluation_entrypoint = _own_program
    lambda_eval_utils.boto_client_for = _by_role(lambda_eval_utils.boto_client_for)
    for module in (handlers, skeleton):
        for name in ("create_parser", "create_serializer"):
            if create := getattr(module, name, None):
                setattr(module, name, _by_name(create))


@functools.lru_cache(maxsize=64)
def _pickled(definition: str) -> bytes:
    return pickle.dumps(AmazonStateLanguageParser.parse(definition)[0])


def _own_program(worker: ExecutionWorker) -> Any:
    """A program that no other execution has: its parts are not made to be shared."""
    return pickle.loads(_pickled(worker._evaluation_details.state_machine_details.definition))


def _by_role(create: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[tuple[str, str, str | None], Any] = {}
    lock = threading.Lock()

    def cached(service, region, state_credentials):
        key = (service, region, state_credentials.role_arn)
        with lock:
            if key not in made:
                made[key] = create(service, region, state_credentials)
            return made[key]

    return cached


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
