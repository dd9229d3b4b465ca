"""What a change of the API means for the callers of the generated functions."""
