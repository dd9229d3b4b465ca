"""The reference pages: what R's help pages tell, and how it is said in Python and HTTP."""
