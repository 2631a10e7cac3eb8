"""Environments are handed out under a lock.

The original iterates a dictionary that other threads add to, and shows a new environment to others before it has reserved
it. It also keeps an environment whose process did not come up again.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator

from localstack.services.lambda_.invocation import assignment
from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment, InvalidStatusException

LOG = logging.getLogger(__name__)


def patch() -> None:
    """Replaces `AssignmentService.get_environment`."""
    lock = threading.Lock()

    def reserve_warm(service, version_manager_id: str, provisioning_type: str) -> ExecutionEnvironment | None:
        with lock:
            for environment in list(service.environments[version_manager_id].values()):
                if environment.initialization_type != provisioning_type:
                    continue
                with contextlib.suppress(InvalidStatusException):
                    environment.reserve()
                    return environment
        return None

    def start(service, version_manager_id: str, function_version) -> ExecutionEnvironment:
        environment = service.start_environment(version_manager_id, function_version)
        environment.reserve()
        with lock:
            service.environments[version_manager_id][environment.id] = environment
        return environment

    @contextlib.contextmanager
    def get_environment(
        self, version_manager_id, function_version, provisioning_type
    ) -> Iterator[ExecutionEnvironment]:
        environment = reserve_warm(self, version_manager_id, provisioning_type)
        if environment is None:
            if provisioning_type != "on-demand":
                raise assignment.AssignmentException("No provisioned concurrency environment available despite lease.")
            environment = start(self, version_manager_id, function_version)
        try:
            yield environment
            environment.release()
        except InvalidStatusException as error:
            LOG.warning("environment %s: %s", environment.id, error)
        except Exception:
            self.stop_environment(environment)
            raise

    assignment.AssignmentService.get_environment = get_environment
