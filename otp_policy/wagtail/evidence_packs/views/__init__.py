"""The screens of the assessment and of evidence packs."""
