"""The peer's own page type: pages that wagtail-periodic-review looks after."""
