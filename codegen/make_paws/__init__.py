"""make_paws: reads botocore's service models and writes the package `paws`."""
