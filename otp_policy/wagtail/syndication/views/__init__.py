"""The admin screens of the channels."""
