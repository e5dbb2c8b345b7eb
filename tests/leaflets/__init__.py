"""A page type outside the measures, beside those that are governed."""
