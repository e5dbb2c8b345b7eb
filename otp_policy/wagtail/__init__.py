"""The Wagtail plugin: makes the CMS obey an office's publication policy."""
