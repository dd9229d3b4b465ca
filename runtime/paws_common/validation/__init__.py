"""Validate arguments, and convert them to the types that botocore accepts."""
