"""What the templates of the requests say of the law's data."""

from django import template

from ..retention import months_kept

register = template.Library()
register.simple_tag(months_kept)
