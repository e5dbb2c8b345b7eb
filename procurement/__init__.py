"""Procurement plans and procurement information."""
