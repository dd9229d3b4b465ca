"""The reference pages, which show each function in Python, R and HTTP."""
