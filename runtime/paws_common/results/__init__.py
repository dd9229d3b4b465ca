"""What comes back: whole results, and streams that can be read."""
