"""Compare the API of generated functions with an earlier version."""
