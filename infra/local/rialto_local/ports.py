"""Ports that are free, and known to be.

LocalStack with a taken port says that it is ready while another stack answers, and DynamoDB Local's port taken by another
means shared tables. So a port is tried on all interfaces before it is given out, and stacks pick one after another.
"""

import random
import socket
from collections.abc import Callable, Container, Mapping, Sequence

NAMES = ("gateway", "dynamodb", "opensearch")
# Below the range from which the kernel takes ports for outgoing connections.
FIRST, LAST = 20_000, 32_000
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether nobody listens on the port, on any interface."""
    return all(
        _can_listen(family, address, port) for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))
    )


def _can_listen(family: int, address: str, port: int) -> bool:
    try:
        probe = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return True  # a machine without IPv6
    with probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            return error.errno in (97, 99)  # no such address family or address here
    return True


def pick(
    preferred: Mapping[str, int],
    taken: Container[int],
    free: Callable[[int], bool] = is_free,
    names: Sequence[str] = NAMES,
) -> dict[str, int]:
    """A free port for each name: the preferred one if it can be had, none of `taken`, none twice."""
    picked: dict[str, int] = {}
    for name in names:
        candidates = [preferred[name]] if name in preferred else []
        candidates += [random.randrange(FIRST, LAST) for _ in range(_TRIES)]
        for port in candidates:
            if port not in taken and port not in picked.values() and free(port):
                picked[name] = port
                break
        else:
            raise OSError(f"no free port between {FIRST} and {LAST}")
    return picked
