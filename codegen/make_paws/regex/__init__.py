"""Translate the patterns of the models from Java, and bound the cost of their searches."""
