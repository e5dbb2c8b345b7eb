"""What is personal is encrypted, bound to its case, and opens with every key at hand."""

import logging
from io import StringIO
from urllib.parse import quote

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from otp_policy.wagtail.information_requests.encryption import UnreadableError, encrypt
from otp_policy.wagtail.information_requests.models import Sealed
from otp_policy.wagtail.information_requests.numbering import case_of
from otp_policy.wagtail.information_requests.sealing import identity_of, open_text

from .cases import WHO, new_case


def test_who_asks_and_what_is_kept_encrypted(office):
    case = new_case(question="ขอข้อมูลของ 081-555-0199", identity=WHO)
    assert identity_of(case) == WHO
    kept = b"".join(bytes(row.token) for row in Sealed.objects.all())
    assert WHO.name.encode() not in kept
    assert b"081-555-0199" not in kept
    assert WHO.name not in repr(identity_of(case))


def test_one_persons_data_does_not_open_under_another_case(office):
    one, other = new_case(identity=WHO), new_case()
    stolen = one.sealed.get(what="identity")
    Sealed.objects.create(case=other, what="identity", token=stolen.token, at=stolen.at)
    with pytest.raises(UnreadableError, match="for something else"):
        identity_of(other)


def test_what_was_changed_in_the_database_does_not_open(office):
    sealed = new_case().sealed.get(what="question")
    token = bytearray(sealed.token)
    token[-10] ^= 1
    sealed.token = bytes(token)
    with pytest.raises(UnreadableError):
        open_text(sealed)


def test_keys_are_rotated_and_the_old_one_may_go(office, settings):
    case = new_case(identity=WHO)
    old, new = settings.OTP_POLICY_FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.OTP_POLICY_FIELD_KEYS = [new, old]
    assert identity_of(case) == WHO  # all decrypt
    out = StringIO()
    call_command("otp_rotate_field_keys", stdout=out)
    assert "encrypted again: 2" in out.getvalue()
    settings.OTP_POLICY_FIELD_KEYS = [new]
    assert identity_of(case) == WHO
    settings.OTP_POLICY_FIELD_KEYS = [old]
    with pytest.raises(UnreadableError):
        identity_of(case)


def test_a_piece_that_no_key_opens_stops_the_rotation_from_looking_done(office, settings):
    case = new_case(identity=WHO)
    settings.OTP_POLICY_FIELD_KEYS = [Fernet.generate_key().decode()]
    fine = Sealed.objects.create(
        case=case,
        what="note",
        token=encrypt(b"x", bound_to=f"{case.pk}:note"),
        at=case.registered_at,
    )
    with pytest.raises(CommandError, match="no key opens these pieces") as caught:
        call_command("otp_rotate_field_keys", stdout=StringIO())
    assert str(case.sealed.get(what="identity").pk) in str(caught.value)
    fine.refresh_from_db()
    assert open_text(fine) == "x"


def test_without_a_key_nothing_is_taken_in_and_the_checks_say_so(office, settings, client):
    settings.OTP_POLICY_FIELD_KEYS = []
    with pytest.raises(ImproperlyConfigured):
        new_case()
    assert client.get("/information-requests/").status_code == 503
    assert "otp_policy_requests.W001" in {found.id for found in run_checks()}
    deploy = run_checks(include_deployment_checks=True)
    assert "otp_policy_requests.E002" in {found.id for found in deploy}


def test_a_wrong_key_is_an_error_that_does_not_tell_it(office, settings):
    settings.OTP_POLICY_FIELD_KEYS = ["not-a-key-at-all"]
    found = [each for each in run_checks() if each.id == "otp_policy_requests.E001"]
    assert len(found) == 1
    assert "not-a-key-at-all" not in str(found[0])


def test_numbers_follow_each_other_and_what_is_rolled_back_gives_its_own_back(office):
    from django.db import transaction

    first = new_case()
    with transaction.atomic():
        assert new_case().number == first.number + 1
        transaction.set_rollback(True)
    second = new_case()
    assert (second.year, second.number) == (first.year, first.number + 1)


def test_a_new_buddhist_year_begins_at_one(office):
    from .cases import on_day

    with on_day("2026-12-31"):
        assert new_case().reference == "1/2569"
    with on_day("2027-01-01"):
        assert new_case().reference == "1/2570"


def test_only_the_right_secret_opens_a_case_in_either_digits(office):
    from otp_policy.wagtail.information_requests.moves import Asked, receive

    case, secret = receive(Asked(question="ขอสำเนา"))
    assert case_of(case.reference, secret) == case
    assert case_of("๑/๒๕๖๙".replace("๒๕๖๙", str(case.year)), secret.lower()) == case
    assert case_of(case.reference, secret.replace("-", " ")) == case
    assert case_of(case.reference, "") is None
    assert case_of(case.reference, secret[:-1]) is None
    assert case_of("2/2569", secret) is None
    assert case_of("nonsense", secret) is None
    assert secret.replace("-", "") not in case.secret_digest
    assert quote(secret) == secret  # nothing that a letter or a telephone would garble


def test_nothing_personal_is_logged_when_a_mail_cannot_leave(office, settings, caplog):
    from otp_policy.wagtail.information_requests.requester_mail import send_owed

    settings.EMAIL_BACKEND = "tests.information_requests.refusing_mail.Backend"
    new_case(identity=WHO)
    with caplog.at_level(logging.DEBUG):
        assert send_owed() == 0
    assert "could not be sent" in caplog.text
    assert WHO.e_mail not in caplog.text
