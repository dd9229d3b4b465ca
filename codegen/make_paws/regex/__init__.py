"""The patterns of the models: from Java to Python, and what they cost to search for."""
