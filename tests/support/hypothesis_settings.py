"""The number of examples of a property, relative to Hypothesis's profile."""

from hypothesis import settings


def examples(number: int) -> settings:
    """Return settings with so many examples where other properties have 100."""
    return settings(max_examples=max(1, number * settings().max_examples // 100))
