"""
What a decision is about: the difference between an item's draft and what the public reads now.

`clusters`, `words`, `lines` and `rich_text` know nothing but text. `parts` says what a comparison
consists of; `blocks`, `fields` and `files` make it from an item; `item` puts it together.
"""

from .item import Comparison, compare_item

__all__ = ["Comparison", "compare_item"]
