"""The walk copies SQLite's database in an instant; on another database there is no walk."""

from django.db import connection

from tests.isolation import fresh_process

__all__ = ["fresh_process"]

collect_ignore = [] if connection.vendor == "sqlite" else ["test_walk.py"]
