"""boto3 clients of a stack's LocalStack."""

import functools

import boto3
from botocore.config import Config

from rialto_local.stack import REGION, Stack


@functools.cache
def client(stack: Stack, service: str):
    """A client with the credentials that every local stack takes."""
    return boto3.client(
        service,
        endpoint_url=stack.gateway,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            retries={"max_attempts": 2},
            read_timeout=120,
            max_pool_connections=20,
            proxies={},
            s3={"addressing_style": "path"},
        ),
    )
