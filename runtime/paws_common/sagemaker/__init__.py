"""Functions for Amazon SageMaker Runtime only: asynchronous calls, stateful sessions."""
