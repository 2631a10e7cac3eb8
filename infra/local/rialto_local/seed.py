"""What a fresh deployment needs before it is of use: keys and indexes, then people."""

import json
import secrets

import yaml

from rialto_local import aws, http, paths, say
from rialto_local.say import Failure
from rialto_local.stack import Stack

# Name of the seeded person, and the role granted to it.
_PEOPLE = {"operator": "operator", "seller": "seller", "shopper": None}


def after_deploy(stack: Stack) -> None:
    """Verifies the sender of mails, invokes the functions of `after_deploy.yaml`, then registers the people."""
    deployed = _functions(stack)
    _verify_sender(stack, deployed)
    for name in yaml.safe_load((paths.LOCAL / "after_deploy.yaml").read_text()):
        if f"{stack.stage}-{name}" in deployed:
            invoke(stack, name, {})
            say.line(f"  invoked {name}")
        else:
            say.line(f"  {name} is not deployed yet: skipped")
    if {f"{stack.stage}-identity-register-user", f"{stack.stage}-identity-grant-role"} <= deployed:
        _register_people(stack)
    else:
        say.line("  people are not registered: identity is not deployed yet")


def _verify_sender(stack: Stack, deployed: set[str]) -> None:
    """On AWS the owner of the address confirms it once; LocalStack takes our word and has no template's way to say it."""
    mailer = f"{stack.stage}-identity-send-mail"
    if mailer in deployed:
        settings = aws.client(stack, "lambda").get_function_configuration(FunctionName=mailer)["Environment"]["Variables"]
        aws.client(stack, "ses").verify_email_identity(EmailAddress=settings["MAIL_SENDER"])


def invoke(stack: Stack, name: str, payload: object) -> object:
    """Invokes a function of the stage; its error is a failure."""
    answer = aws.client(stack, "lambda").invoke(
        FunctionName=f"{stack.stage}-{name}", Payload=json.dumps(payload).encode()
    )
    body = answer["Payload"].read()
    if "FunctionError" in answer:
        raise Failure(f"{name} failed: {body.decode()}\nIts log: {stack.logs / f'{stack.stage}-{name}.log'}")
    return json.loads(body or b"null")


def credentials(stack: Stack) -> dict[str, dict[str, str]]:
    """E-mail and password of each seeded person."""
    try:
        return json.loads(stack.credentials_file.read_text())
    except OSError as error:
        raise Failure(f"stack {stack.name} has no people yet: `make deploy` registers them") from error


def _register_people(stack: Stack) -> None:
    people = _drawn_credentials(stack)
    for name, person in people.items():
        body = {**person, "name": name.capitalize()}
        reply = http.call("POST", f"{stack.base_url}/v1/users", body, timeout=60)
        if reply.status not in (201, 409):
            raise Failure(f"registering {person['email']}: {reply.status} {reply.body.decode('utf-8', 'replace')}")
        if role := _PEOPLE[name]:
            grant = {"email": person["email"], "role": role, "by": "the local stack", "unverified": True}
            invoke(stack, "identity-grant-role", grant)
    say.line(f"  registered {', '.join(people)} (`make credentials`)")


def _drawn_credentials(stack: Stack) -> dict[str, dict[str, str]]:
    """Random passwords, drawn once and kept where only their owner reads them."""
    if not stack.credentials_file.exists():
        people = {
            name: {"email": f"{name}@{stack.name}.example.com", "password": secrets.token_urlsafe(18)}
            for name in _PEOPLE
        }
        partial = stack.state / "credentials.partial"
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(people, indent=2) + "\n")
        partial.rename(stack.credentials_file)
    return credentials(stack)


def _functions(stack: Stack) -> set[str]:
    pages = aws.client(stack, "lambda").get_paginator("list_functions").paginate()
    return {function["FunctionName"] for page in pages for function in page["Functions"]}
