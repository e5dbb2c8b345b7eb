"""Signals of the outbox."""

from django.dispatch import Signal

# Sent once when a message has waited too long for the website: `delivery`, `page`.
website_late = Signal()
