"""The project's templates, read and made ready for the local stack.

Functions run from the built binaries instead of an upload, state machines carry their definition inline, and nothing
outlives its stack.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rialto_local import conditions, serverless
from rialto_local.say import Failure

Template = dict[str, Any]

# LocalStack runs what is in a folder of this machine when the bucket has this name.
_HOT_RELOAD = "hot-reload"
_KEEPERS = ("DeletionPolicy", "UpdateReplacePolicy")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms (`!Ref x`), which become the long ones."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)
# `2012-10-17` is a policy's version, not a date.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(file: Path) -> Template:
    """A template as CloudFormation's JSON."""
    try:
        return yaml.load(file.read_text(), Loader=_Loader)
    except yaml.YAMLError as error:
        raise Failure(f"{file}: {error}") from error


@dataclass(frozen=True)
class Rendered:
    """A template ready to deploy, with the values of its parameters."""

    template: Template
    parameters: dict[str, str]

    @property
    def body(self) -> str:
        """The template as text."""
        return json.dumps(self.template, sort_keys=True)

    @property
    def digest(self) -> str:
        """Equal for equal templates and parameters."""
        return hashlib.sha256(json.dumps([self.template, self.parameters], sort_keys=True).encode()).hexdigest()


def render(file: Path, code: Path, values: Mapping[str, Any]) -> Rendered:
    """Makes the template of `file` ready: code from the folders under `code`, and those of `values` that it declares.

    The serverless transform and the conditions are worked out here: LocalStack's transform fails when stacks are deployed side by
    side, and its checks follow references inside of resources that a condition has ruled out.
    """
    template = read(file)
    parameters = _parameters(file, template, values)
    for resource in template.get("Resources", {}).values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = {"Bucket": _HOT_RELOAD, "Key": str(code / binary(properties["CodeUri"]))}
        elif definition := properties.pop("DefinitionUri", None):
            properties["Definition"] = _definition(file.parent / definition)
    if template.pop("Transform", None):
        template = serverless.transform(file, template, parameters)
    conditions.drop_ruled_out(template, parameters)
    for resource in template.get("Resources", {}).values():
        for keeper in _KEEPERS:
            resource.pop(keeper, None)
    return Rendered(template, parameters)


def code_folders(rendered: Rendered) -> Iterator[Path]:
    """The folders that the template's functions run from. Each is named after its binary."""
    for resource in rendered.template.get("Resources", {}).values():
        if resource["Type"] == "AWS::Lambda::Function":
            yield Path(resource["Properties"]["Code"]["S3Key"])


def binary(code_uri: str) -> str:
    """`../../target/lambda/carts-add-item` is built from the binary `carts-add-item`."""
    return code_uri.rstrip("/").rpartition("/")[2]


def _definition(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"{file}: {error}") from error


def _parameters(file: Path, template: Template, values: Mapping[str, Any]) -> dict[str, str]:
    declared = template.get("Parameters", {})
    values = {**_of_the_stage(declared, values), **values}
    missing = [name for name, about in declared.items() if name not in values and "Default" not in about]
    if missing:
        raise Failure(f"{file}: no value for the parameters {', '.join(missing)}: add them to infra/local/stages/")
    return {name: _text(values[name]) for name in declared if name in values}


def _of_the_stage(declared: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    """What is read from the parameter store is read from the stage's part of it: `/dev/x` by default, `/test/x` on a test stack."""
    return {
        name: f"/{values['Stage']}/{about['Default'].removeprefix('/dev/')}"
        for name, about in declared.items()
        if "Stage" in values
        and about["Type"].startswith("AWS::SSM::Parameter::Value")
        and about.get("Default", "").startswith("/dev/")
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
