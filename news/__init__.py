"""Public-relations news."""
