"""Search that knows Thai: a backend for Wagtail's search, and the search of the public site."""
