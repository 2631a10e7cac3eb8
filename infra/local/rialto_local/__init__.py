"""The local stack: LocalStack, DynamoDB Local and OpenSearch on this machine, and the project's templates deployed to them."""
