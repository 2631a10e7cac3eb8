"""Resources that LocalStack forgets when an update fails: deleting the stack leaves them, and they block its next creation."""

import contextlib
from collections.abc import Iterable

from botocore.exceptions import ClientError

from rialto_local import aws
from rialto_local.stack import Stack

Resource = tuple[str, str]

# Type to service, operation and the parameter that takes the physical id.
_DELETIONS = {
    "AWS::Lambda::EventSourceMapping": ("lambda", "delete_event_source_mapping", "UUID"),
    "AWS::Lambda::Function": ("lambda", "delete_function", "FunctionName"),
    "AWS::StepFunctions::StateMachine": ("stepfunctions", "delete_state_machine", "stateMachineArn"),
    "AWS::SQS::Queue": ("sqs", "delete_queue", "QueueUrl"),
    "AWS::Events::EventBus": ("events", "delete_event_bus", "Name"),
    "AWS::DynamoDB::Table": ("dynamodb", "delete_table", "TableName"),
    "AWS::S3::Bucket": ("s3", "delete_bucket", "Bucket"),
    "AWS::SSM::Parameter": ("ssm", "delete_parameter", "Name"),
    "AWS::Logs::LogGroup": ("logs", "delete_log_group", "logGroupName"),
    "AWS::IAM::Role": ("iam", "delete_role", "RoleName"),
    "AWS::ApiGateway::RestApi": ("apigateway", "delete_rest_api", "restApiId"),
}


def of(stack: Stack, name: str) -> list[Resource]:
    """Type and physical id of what the CloudFormation stack has."""
    found = aws.client(stack, "cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    return [
        (resource["ResourceType"], resource["PhysicalResourceId"])
        for resource in found
        if resource.get("PhysicalResourceId")
    ]


def remove(stack: Stack, resources: Iterable[Resource]) -> None:
    """Deletes those that are still there."""
    for kind, physical_id in resources:
        with contextlib.suppress(ClientError):
            if kind == "AWS::Events::Rule":
                _remove_rule(stack, physical_id)
            elif kind in _DELETIONS:
                service, operation, parameter = _DELETIONS[kind]
                getattr(aws.client(stack, service), operation)(**{parameter: physical_id})


def _remove_rule(stack: Stack, physical_id: str) -> None:
    """A rule goes only after its targets. On a bus of its own its id is `bus|rule`."""
    bus, _, rule = physical_id.rpartition("|")
    where = {"EventBusName": bus or "default"}
    events = aws.client(stack, "events")
    if targets := [target["Id"] for target in events.list_targets_by_rule(Rule=rule, **where)["Targets"]]:
        events.remove_targets(Rule=rule, Ids=targets, **where)
    events.delete_rule(Name=rule, **where)
