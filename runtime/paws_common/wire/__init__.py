"""The way to AWS and back: the only room that uses botocore."""
