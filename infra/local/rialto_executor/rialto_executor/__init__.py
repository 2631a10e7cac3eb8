"""A LocalStack plugin: runs each function's `bootstrap` as a process of this machine, and mends what stands in the way.

Settings, all environment variables of the LocalStack process:
RIALTO_STATE_DIR            the stack's state folder; answered at `/_rialto/stack`, so that a client knows whose gateway it asks
RIALTO_LOG_DIR              one log file a function
RIALTO_FUNCTION_ENV_<NAME>  given to every function as <NAME>, unless its template sets <NAME>
RIALTO_DYNAMODB             the command that runs DynamoDB Local, but for its port and where it keeps what it has
RIALTO_INIT_TIMEOUT         seconds that a process may take until it asks for its first invocation
"""
