"""Signals of the plugin, sent inside the transaction of what they tell."""

from django.dispatch import Signal

# Sent when an item went live: `page`, `publication`.
item_published = Signal()
# Sent when a slot was confirmed: `page`, `slot`.
slot_confirmed = Signal()
# Sent by the dispatcher in every round, outside any transaction: `limit`.
dispatching = Signal()
