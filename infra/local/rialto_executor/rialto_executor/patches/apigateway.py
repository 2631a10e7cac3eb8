"""CloudFormation updates of a REST API: LocalStack has none, so new routes would be lost and the stage deleted."""

import json

from localstack.services.apigateway.resource_providers import aws_apigateway_deployment as deployments
from localstack.services.apigateway.resource_providers import aws_apigateway_restapi as apis
from localstack.services.apigateway.resource_providers import aws_apigateway_stage as stages
from localstack.services.cloudformation.engine.v2.change_set_model import ChangeSetModel
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent


def patch() -> None:
    """Adds the updates of API and stage, and keeps a stage that a newer deployment has taken over."""
    apis.ApiGatewayRestApiProvider.update = _update_api
    stages.ApiGatewayStageProvider.update = _update_stage
    deployments.ApiGatewayDeploymentProvider.delete = _delete_deployment
    _update_stages_in_place()


def _done(request) -> ProgressEvent:
    return ProgressEvent(
        status=OperationStatus.SUCCESS, resource_model=request.desired_state, custom_context=request.custom_context
    )


def _update_api(self, request) -> ProgressEvent:
    model, previous = request.desired_state, request.previous_state
    model["RestApiId"], model["RootResourceId"] = previous["RestApiId"], previous.get("RootResourceId")
    if body := model.get("Body"):
        client = request.aws_client_factory.apigateway
        client.put_rest_api(
            restApiId=model["RestApiId"],
            mode="overwrite",
            parameters={"basepath": "ignore", **(model.get("Parameters") or {})},
            body=(json.dumps(body) if isinstance(body, dict) else body).encode(),
        )
        for resource in client.get_resources(restApiId=model["RestApiId"])["items"]:
            if resource["path"] == "/":
                model["RootResourceId"] = resource["id"]
    return _done(request)


def _update_stage(self, request) -> ProgressEvent:
    model, previous = request.desired_state, request.previous_state
    wanted, had = model.get("Variables") or {}, previous.get("Variables") or {}
    operations = [{"op": "replace", "path": "/deploymentId", "value": model["DeploymentId"]}]
    operations += [
        {"op": "replace", "path": f"/variables/{name}", "value": value}
        for name, value in wanted.items()
        if had.get(name) != value
    ]
    operations += [{"op": "remove", "path": f"/variables/{name}"} for name in had if name not in wanted]
    request.aws_client_factory.apigateway.update_stage(
        restApiId=model["RestApiId"], stageName=model["StageName"], patchOperations=operations
    )
    return _done(request)


def _delete_deployment(self, request) -> ProgressEvent:
    """The original deletes every stage of the API, the one that the update has just moved too."""
    model, client = request.desired_state, request.aws_client_factory.apigateway
    api = {"restApiId": model["RestApiId"]}
    try:
        for stage in client.get_stages(**api)["item"]:
            if stage.get("deploymentId") == model["DeploymentId"]:
                client.delete_stage(**api, stageName=stage["stageName"])
        client.delete_deployment(**api, deploymentId=model["DeploymentId"])
    except client.exceptions.NotFoundException:
        pass
    return _done(request)


def _update_stages_in_place() -> None:
    """A reference to a changed API counts as a change of RestApiId, which would replace the stage."""
    original = ChangeSetModel._resolve_requires_replacement

    def _resolve_requires_replacement(self, node_properties, resource_type, *args, **kwargs):
        if getattr(resource_type, "value", resource_type) == "AWS::ApiGateway::Stage":
            return False
        return original(self, node_properties, resource_type, *args, **kwargs)

    ChangeSetModel._resolve_requires_replacement = _resolve_requires_replacement
