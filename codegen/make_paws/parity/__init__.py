"""Whether the help pages that are made here say what R's do."""
