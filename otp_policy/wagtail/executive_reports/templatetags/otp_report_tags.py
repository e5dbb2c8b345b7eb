"""How the cells of a report read on a screen."""

from django import template

from ..files import shown

register = template.Library()
register.filter("report_cell", shown)
