"""The plain registers of the office."""

import pytest
from django.utils.text import capfirst
from django.utils.translation import override

from otp_policy.wagtail.registers import OfficeGroup


@pytest.mark.parametrize("register", OfficeGroup.items)
def test_a_register_made_for_an_english_reader_has_a_thai_name_for_the_next(register):
    with override("en"):
        label = register().get_menu_label()
        said_in_english = str(label)
    with override("th"):
        assert str(label) == capfirst(register.model._meta.verbose_name_plural)
        assert str(label) != said_in_english
