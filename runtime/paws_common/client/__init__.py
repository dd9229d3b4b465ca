"""Send requests to AWS with botocore, which only this package uses."""
