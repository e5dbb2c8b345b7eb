"""What these tests share with the others."""

from tests.isolation import fresh_process

__all__ = ["fresh_process"]
