#!/usr/bin/env python3
"""Django's command line for the shipped site."""

import os
import sys
from pathlib import Path

# `site` is a standard-library module, so this folder is never a package: its inside and the
# repository root are put on the path instead.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "otp_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
