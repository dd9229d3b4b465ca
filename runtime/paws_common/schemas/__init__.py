"""JSON Schemas of what functions take, for those who do not speak Python."""
