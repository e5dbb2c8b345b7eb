"""Evidence for the assessors: what is public, how the measures ran, and proof of both."""
