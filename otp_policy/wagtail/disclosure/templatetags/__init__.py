"""Template tags of the index."""
