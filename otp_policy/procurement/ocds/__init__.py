"""Procurement as Open Contracting Data (OCDS 1.1): releases that never change, and records."""
