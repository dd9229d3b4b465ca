"""JSON Schemas of the arguments of functions, for forms, tools and contracts."""
