"""The peer of a governed page: the same fields, published as stock Wagtail publishes."""
