"""A page type for tests, made of everything that a page can be made of."""
