"""Stacks side by side: the gateway keeps to its interface and S3 objects to the stack's own folder."""

import os
import tempfile

from localstack import config
from localstack.runtime.server import twisted
from localstack.services.s3.storage import ephemeral


def patch() -> None:
    """Mends both."""
    _listen_where_told()
    _keep_objects_apart()


def _listen_where_told() -> None:
    """The host of GATEWAY_LISTEN is ignored: the gateway would listen on all interfaces."""
    original = twisted.endpoints.TCP4ServerEndpoint
    hosts = {listen.port: listen.host for listen in config.GATEWAY_LISTEN}

    def endpoint(reactor, port: int, **options):
        return original(reactor, port, **{"interface": hosts.get(port, ""), **options})

    twisted.endpoints.TCP4ServerEndpoint = endpoint


def _keep_objects_apart() -> None:
    """S3 objects would live in one folder of /tmp for all stacks, and each stack's end would delete them."""
    original = ephemeral.EphemeralS3ObjectStore.__init__

    def __init__(self, root_directory: str | None = None) -> None:
        original(self, root_directory or os.path.join(tempfile.gettempdir(), "s3"))

    ephemeral.EphemeralS3ObjectStore.__init__ = __init__
