"""API Gateway hands the call's X-Ray trace header on to the function."""

import threading

from localstack.services.apigateway.next_gen.execute_api.integrations import aws

_call = threading.local()


def patch() -> None:
    """Remembers the trace of the call that this thread serves and puts it on the Invoke that it makes."""
    integration = aws.RestApiAwsProxyIntegration
    original_invoke, original_factory = integration.invoke, aws.get_service_factory

    def invoke(self, context):
        _call.trace_id = context.trace_id
        try:
            return original_invoke(self, context)
        finally:
            _call.trace_id = None

    def get_service_factory(*args, **kwargs):
        factory = original_factory(*args, **kwargs)
        factory.lambda_.meta.events.register("before-call.lambda.Invoke", _add_header, unique_id="rialto-trace")
        return factory

    integration.invoke, aws.get_service_factory = invoke, get_service_factory


def _add_header(params: dict, **_: object) -> None:
    if trace_id := getattr(_call, "trace_id", None):
        params["headers"]["X-Amzn-Trace-Id"] = trace_id
