"""Compare the generated documentation with R's help pages."""
