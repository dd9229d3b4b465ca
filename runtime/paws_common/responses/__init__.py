"""Build results from responses, and read streams."""
