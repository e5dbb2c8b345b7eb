"""The screens of the report to the executives."""
