"""
Procurement forms as governed rows: entered, imported, published, and given away as open data.

`rows` and `pages` are the abstract models that a page type stands on, `tables` and `forms` let an
editor fill them in, `imports` reads workbooks into drafts, `exports` and `serving` give a live item
away as a file, and the modules that begin with `ocds_` keep and serve open contracting data.
"""
