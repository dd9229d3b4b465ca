"""Generate the package `paws` from botocore's service models."""
