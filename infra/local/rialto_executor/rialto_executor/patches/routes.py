"""The plugin's own routes on the gateway: whose stack this is, and faults for tests."""

from localstack.http import Request, Response
from localstack.services.edge import ROUTER

from rialto_executor import faults, settings


def patch() -> None:
    """Adds the routes."""
    ROUTER.add("/_rialto/stack", _stack, methods=["GET"])
    ROUTER.add("/_rialto/functions/<name>/faults", _faults, methods=["POST", "DELETE"])


def _stack(request: Request) -> Response:
    return Response.for_json({"state": settings.STATE_DIR})


def _faults(request: Request, name: str) -> Response:
    if request.method == "DELETE":
        return Response.for_json({"cancelled": faults.cancel(name)})
    ordered = request.get_json(force=True)
    try:
        faults.order(name, ordered["kind"], int(ordered.get("times", 1)))
    except (KeyError, TypeError, ValueError) as error:
        return Response.for_json({"error": str(error)}, status=400)
    return Response.for_json({"function": name, **ordered})
