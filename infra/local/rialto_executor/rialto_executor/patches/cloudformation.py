"""CloudFormation looks at a resource that is being made every 5 s, and its waiters every second: 200 s for 40 functions."""

from localstack import config
from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

_POLL_SECONDS = 0.05


def patch() -> None:
    """Polls 20 times a second."""
    loop = ResourceProviderExecutor.deploy_loop
    loop.__defaults__ = (loop.__defaults__[0], _POLL_SECONDS)
    config.BOTO_WAITER_DELAY, config.BOTO_WAITER_MAX_ATTEMPTS = _POLL_SECONDS, 2400
