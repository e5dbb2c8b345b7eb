"""Run the command line as `python -m otp_policy`."""

import sys

from otp_policy.cli import main

sys.exit(main())
