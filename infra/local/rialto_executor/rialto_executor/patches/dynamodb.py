"""DynamoDB Local runs from the jars that the stack installed; LocalStack would download its own."""

import shutil

from localstack.services.dynamodb import packages, server

from rialto_executor import settings


def patch() -> None:
    """Replaces the installer by nothing and the command by ours."""
    if not settings.DYNAMODB:
        return
    installer = packages.DynamoDBLocalPackageInstaller
    installer.install = lambda self, target=None: None
    installer.get_java_env_vars = lambda self: {}
    installer.get_ddb_agent_jar_path = lambda self: ""
    original = server.DynamodbServer._create_shell_command

    def _create_shell_command(self) -> list[str]:
        command = original(self)
        parameters = command[command.index("-jar") + 2 :]
        with_parent = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        return [*with_parent, *settings.DYNAMODB, *parameters]

    server.DynamodbServer._create_shell_command = _create_shell_command
