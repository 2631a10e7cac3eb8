"""The serverless transform, as CloudFormation would make it: functions, their roles and triggers, as plain resources."""

import logging
import os
from pathlib import Path
from typing import Any

from samtranslator.public.exceptions import InvalidDocumentException
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform as translate

from rialto_local.say import Failure
from rialto_local.stack import REGION

# It warns of metrics that it would like to publish.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


class _NoManagedPolicies(ManagedPolicyLoader):
    """Policies are written out in the templates, so no names are to be looked up."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


def transform(file: Path, template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """The template with its serverless resources replaced. `file` is for messages."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    try:
        return translate(template, dict(parameters), _NoManagedPolicies())
    except InvalidDocumentException as error:
        reasons = "\n".join(f"  {cause.message}" for cause in error.causes)
        raise Failure(f"{file}: the serverless transform fails:\n{reasons}") from error
