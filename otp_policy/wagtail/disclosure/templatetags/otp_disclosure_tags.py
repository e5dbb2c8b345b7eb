"""Template tags of the index: values only."""

from django import template

from ..wording import state_label

register = template.Library()
register.filter("state_label", state_label)
