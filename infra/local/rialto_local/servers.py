"""What a stack runs: the commands, their settings, and when each is truly up."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path

from rialto_local import http, processes
from rialto_local.install import Tools
from rialto_local.stack import REGION, Stack

# More processes at once than this would only queue for the processors; LocalStack answers 429 beyond it.
_CONCURRENT_INVOCATIONS = "200"


def start_opensearch(stack: Stack, tools: Tools) -> int:
    """Starts the node; returns its process group."""
    home, data = tools.opensearch, stack.state / "opensearch"
    data.mkdir(parents=True, exist_ok=True)
    (data / "tmp").mkdir(exist_ok=True)
    command = [
        str(tools.jdk / "bin/java"),
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
        "-Djava.awt.headless=true",
        "-Dfile.encoding=UTF-8",
        "-Dlog4j.shutdownHookEnabled=false",
        "-Dlog4j2.disableJmx=true",
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.allocator.type=unpooled",
        f"-Djava.io.tmpdir={data / 'tmp'}",
        "-cp",
        f"{home}/launcher:{home}/lib/*",
        "Launcher",
        str(home),
        str(stack.ports["opensearch"]),
        str(data),
        stack.cluster,
    ]
    return processes.start(command, {"PATH": os.environ["PATH"]}, stack.state / "opensearch.log", stack.state)


def opensearch_is_up(stack: Stack) -> bool:
    """Whether this stack's node answers, and not another's on the same port."""
    answer = http.call("GET", f"{stack.opensearch}/_cluster/health", timeout=5)
    return answer.status == 200 and answer.json()["cluster_name"] == stack.cluster and answer.json()["status"] != "red"


def start_localstack(stack: Stack, tools: Tools) -> int:
    """Starts LocalStack, which starts DynamoDB Local at the first use; returns the process group."""
    for folder in ("tmp", "root", "logs", "calls", "code"):
        (stack.state / folder).mkdir(parents=True, exist_ok=True)
    command = [str(tools.python), "-m", "localstack.runtime.main"]
    return processes.start(command, _localstack_environment(stack, tools), stack.state / "localstack.log", stack.state)


def _localstack_environment(stack: Stack, tools: Tools) -> dict[str, str]:
    listen = f"127.0.0.1:{stack.ports['gateway']}"
    function_environment = {
        "AWS_ENDPOINT_URL": stack.gateway,
        "AWS_ENDPOINT_URL_DYNAMODB": stack.dynamodb,
        "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
        processes.MARK: str(stack.state),
        **({"RIALTO_RECORD_DIR": str(stack.calls)} if stack.stage == "test" else {}),
    }
    return {
        "PATH": f"{tools.python.parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/tmp"),
        "LANG": "C.UTF-8",
        "TMPDIR": str(stack.state / "tmp"),
        "XDG_CACHE_HOME": str(stack.state / "tmp"),
        "FILESYSTEM_ROOT": str(stack.state / "root"),
        "OVERRIDE_IN_DOCKER": "0",
        "GATEWAY_LISTEN": listen,
        "LOCALSTACK_HOST": listen,
        "SQS_ENDPOINT_STRATEGY": "path",
        "DNS_ADDRESS": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        # Its services call each other without HTTP: events fan out at a third of the cost.
        "IN_MEMORY_CLIENT": "1",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_KEEPALIVE_MS": "600000",
        "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT": "30",
        "LAMBDA_CREATE_FUNCTION_TIMEOUT": "60",
        "LAMBDA_LIMITS_CONCURRENT_EXECUTIONS": _CONCURRENT_INVOCATIONS,
        "LAMBDA_LIMITS_MINIMUM_UNRESERVED_CONCURRENCY": "20",
        # For throughput: a batch a poll. Idle pollers wait for longer.
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.01",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "1",
        "PROVIDER_OVERRIDE_DYNAMODB": "v2",
        "DYNAMODB_SHARE_DB": "1",
        "DYNAMODB_IN_MEMORY": "1",
        "DYNAMODB_LOCAL_PORT": str(stack.ports["dynamodb"]),
        "RIALTO_DYNAMODB": shlex.join(dynamodb_command(tools)),
        "RIALTO_STATE_DIR": str(stack.state),
        "RIALTO_LOG_DIR": str(stack.logs),
        **{f"RIALTO_FUNCTION_ENV_{name}": value for name, value in function_environment.items()},
    }


def dynamodb_command(tools: Tools) -> list[str]:
    """The command of DynamoDB Local, to which its port and the like are added."""
    libraries = tools.dynamodb / "lib"
    return [
        str(tools.jdk / "bin/java"),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        f"{libraries}/*",
        f"-Djava.library.path={libraries}",
        "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
        "-disableTelemetry",
    ]


def start_dynamodb_for_stores(stack: Stack, tools: Tools, port: int) -> int:
    """Starts a second DynamoDB Local, which makes way for all else that runs; returns its process group."""
    command = [*dynamodb_command(tools), "-inMemory", "-sharedDb", "-port", str(port)]
    group = processes.start(command, {"PATH": os.environ["PATH"]}, stack.state / "dynamodb-for-stores.log", stack.state)
    processes.make_way(group)
    return group


def localstack_is_up(stack: Stack) -> bool:
    """Whether this stack's LocalStack answers at its gateway: a taken port is answered by another stack."""
    answer = http.call("GET", f"{stack.gateway}/_rialto/stack", timeout=5)
    return answer.status == 200 and answer.json()["state"] == str(stack.state)


def dynamodb_is_up(stack: Stack) -> bool:
    """Whether tables can be listed, through the gateway (which starts the server) and directly."""
    return all(lists_tables(address) for address in (stack.gateway, stack.dynamodb))


def lists_tables(address: str) -> bool:
    """Whether a DynamoDB answers there."""
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    }
    return http.call("POST", address, b"{}", headers, timeout=60).status == 200


Server = tuple[str, Callable[[Stack, Tools], int], list[Callable[[Stack], bool]], Path]


def servers(stack: Stack) -> list[Server]:
    """Name, start, checks in their order, and log, of each."""
    return [
        ("OpenSearch", start_opensearch, [opensearch_is_up], stack.state / "opensearch.log"),
        (
            "LocalStack and DynamoDB Local",
            start_localstack,
            [localstack_is_up, dynamodb_is_up],
            stack.state / "localstack.log",
        ),
    ]
