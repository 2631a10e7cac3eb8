"""The environment in which a function runs outside of LocalStack, against the stack's services: for `make watch`."""

from collections import defaultdict

from rialto_local import aws, say
from rialto_local.stack import REGION, Stack


def merged(stack: Stack) -> dict[str, str]:
    """All deployed functions' variables together, and the addresses of the services.

    What functions have different values for is left out, and said: `cargo lambda watch` has one environment for all.
    """
    values: dict[str, set[str]] = defaultdict(set)
    for page in aws.client(stack, "lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            for name, value in function.get("Environment", {}).get("Variables", {}).items():
                values[name].add(value)
    if differing := sorted(name for name, seen in values.items() if len(seen) > 1):
        say.line(f"left out, functions differ in it: {', '.join(differing)}")
    return {
        **{name: seen.pop() for name, seen in sorted(values.items()) if len(seen) == 1},
        "AWS_ENDPOINT_URL": stack.gateway,
        "AWS_ENDPOINT_URL_DYNAMODB": stack.dynamodb,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
