"""Filters for Thai pages: digits, years and sizes; values only, no rules."""

from django import template

from .. import thai_words

register = template.Library()
register.filter("thai_digits", thai_words.thai_digits)
register.filter("local_year", thai_words.local_year)
register.filter("local_fiscal_year", thai_words.local_fiscal_year)
register.filter("fiscal_year", thai_words.fiscal_year_of)
register.filter("file_size", thai_words.file_size)
register.filter("grouped", thai_words.grouped)
