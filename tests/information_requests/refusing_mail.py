"""A mail server that refuses every recipient, and says whom, as real ones do."""

import smtplib

from django.core.mail.backends.base import BaseEmailBackend


class Backend(BaseEmailBackend):
    def send_messages(self, messages):
        people = {to: (550, b"no such user") for message in messages for to in message.to}
        raise smtplib.SMTPRecipientsRefused(people)
