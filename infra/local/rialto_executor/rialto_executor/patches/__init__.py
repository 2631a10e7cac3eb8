"""Mends of LocalStack 4.9.2, applied as it starts. Each module says what it mends."""

from localstack.runtime import hooks


@hooks.on_infra_start(name="rialto_patches", priority=1000)
def apply() -> None:
    """Applies all of them, before any service is loaded."""
    from rialto_executor.patches import (
        apigateway,
        assignment,
        caching,
        cloudformation,
        dynamodb,
        isolation,
        metrics,
        polling,
        routes,
        trace,
    )

    for module in (apigateway, assignment, caching, cloudformation, dynamodb, isolation, metrics, polling, routes, trace):
        module.patch()
