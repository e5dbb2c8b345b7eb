"""The admin screens of the monitoring, and what readers see of it."""
