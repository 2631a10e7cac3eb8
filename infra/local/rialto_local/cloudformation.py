"""CloudFormation of one stack: create, update, delete, each to its true end."""

import time

from botocore.exceptions import ClientError

from rialto_local import aws, leftovers
from rialto_local.say import Failure
from rialto_local.stack import Stack
from rialto_local.templates import Rendered

_BUCKET = "rialto-templates"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_SECONDS = 300


def prepare(stack: Stack) -> None:
    """Makes the bucket for templates: most are too long for the request itself."""
    aws.client(stack, "s3").create_bucket(Bucket=_BUCKET)


def create(stack: Stack, name: str, rendered: Rendered) -> None:
    """Creates the stack; a failed resource is a failure."""
    _change(stack, "create_stack", name, rendered)


def update(stack: Stack, name: str, rendered: Rendered) -> None:
    """Updates the stack; a failed resource is a failure, though LocalStack says that the update is complete.

    LocalStack loses track of a stack whose update failed, so that one is deleted.
    """
    had = leftovers.of(stack, name)
    try:
        _change(stack, "update_stack", name, rendered)
    except Failure as failure:
        delete(stack, name)
        leftovers.remove(stack, had)
        raise Failure(f"{failure}\n  {name} is deleted: the next deployment makes it again") from failure


def delete(stack: Stack, name: str) -> bool:
    """Deletes the stack and what its buckets hold. False when there is none."""
    cloudformation = aws.client(stack, "cloudformation")
    if _status(stack, name) is None:
        return False
    for resource in cloudformation.describe_stack_resources(StackName=name)["StackResources"]:
        if resource["ResourceType"] == "AWS::S3::Bucket" and resource.get("PhysicalResourceId"):
            _empty_bucket(stack, resource["PhysicalResourceId"])
    cloudformation.delete_stack(StackName=name)
    deadline = time.monotonic() + _SECONDS
    while (status := _status(stack, name)) is not None:
        if status == "DELETE_FAILED" or time.monotonic() > deadline:
            raise Failure(f"{name} could not be deleted: {status}\n" + "\n".join(_failures(stack, name, set())))
        time.sleep(0.1)
    return True


def _change(stack: Stack, operation: str, name: str, rendered: Rendered) -> None:
    cloudformation = aws.client(stack, "cloudformation")
    key = f"{name}-{rendered.digest[:12]}.json"
    aws.client(stack, "s3").put_object(Bucket=_BUCKET, Key=key, Body=rendered.body.encode())
    seen = _event_ids(stack, name)
    try:
        getattr(cloudformation, operation)(
            StackName=name,
            TemplateURL=f"{stack.gateway}/{_BUCKET}/{key}",
            Capabilities=_CAPABILITIES,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in rendered.parameters.items()],
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise Failure(f"{name}: {error}") from error
    deadline = time.monotonic() + _SECONDS
    while (status := _status(stack, name) or "").endswith("IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise Failure(f"{name}: still {status} after {_SECONDS} s")
        time.sleep(0.1)
    failures = _failures(stack, name, seen)
    if failures or status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Failure("\n".join([f"{name} failed ({status}):", *failures]))


def _status(stack: Stack, name: str) -> str | None:
    try:
        found = aws.client(stack, "cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return None
    status = found[0]["StackStatus"] if found else None
    return None if status == "DELETE_COMPLETE" else status


def _events(stack: Stack, name: str) -> list[dict]:
    try:
        return aws.client(stack, "cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return []


def _event_ids(stack: Stack, name: str) -> set[str]:
    return {event["EventId"] for event in _events(stack, name)}


def _failures(stack: Stack, name: str, seen: set[str]) -> list[str]:
    return [
        f"  {event['LogicalResourceId']} ({event.get('ResourceType', '')}): {event.get('ResourceStatusReason', event['ResourceStatus'])}"
        for event in _events(stack, name)
        if event["ResourceStatus"].endswith("_FAILED")
        and event["EventId"] not in seen
        and event["ResourceType"] != "AWS::CloudFormation::Stack"
    ]


def _empty_bucket(stack: Stack, bucket: str) -> None:
    s3 = aws.client(stack, "s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        doomed = [
            {"Key": entry["Key"], "VersionId": entry["VersionId"]}
            for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if doomed:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed})
