"""The home page, the category pages, and the page types of the office's own information."""
