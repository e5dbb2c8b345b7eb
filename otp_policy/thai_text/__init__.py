"""
Thai text as search needs it: folded, broken into words, asked for, marked, and spelt.

Needs ICU (the extra `search`), and no framework.
"""
