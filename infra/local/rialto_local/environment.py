"""The environment in which functions run outside of LocalStack, against the stack's services: for `make watch`."""

import os

from rialto_local import aws
from rialto_local.stack import REGION, Stack


def of_functions(stack: Stack) -> dict[str, dict[str, str]]:
    """By the name of the binary: what LocalStack gives the deployed function, with the addresses of the services."""
    pages = aws.client(stack, "lambda").get_paginator("list_functions").paginate()
    functions = [function for page in pages for function in page["Functions"]]
    return {
        function["FunctionName"].removeprefix(f"{stack.stage}-"): {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": stack.gateway,
            "AWS_ENDPOINT_URL_DYNAMODB": stack.dynamodb,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"],
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
            **function.get("Environment", {}).get("Variables", {}),
        }
        for function in functions
    }
