"""Every reason code of the core has its sentence."""

from otp_policy import ReasonCode
from otp_policy.wagtail.messages import SENTENCES


def test_every_reason_code_has_a_sentence_and_no_sentence_is_idle():
    assert set(SENTENCES) == {code.value for code in ReasonCode}
