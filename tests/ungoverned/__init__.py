"""The plugin in a plain Wagtail site: what is not governed stays as Wagtail has it."""
