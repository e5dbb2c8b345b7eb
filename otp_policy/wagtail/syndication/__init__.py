"""Carries live items to LINE and Facebook, once each, from an outbox in the database."""
