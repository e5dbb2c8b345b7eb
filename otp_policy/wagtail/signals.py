"""Signals of the plugin, sent inside the transaction of what they tell."""

from django.dispatch import Signal

# Sent when an item went live: `page`, `publication`, and its other confirmed `slots`. In an
# emergency too, when `publication.approval` says that it is one and no approval.
item_published = Signal()
# Sent when the approval of what went out in an emergency followed: `page`, `publication`, `slots`.
item_ratified = Signal()
# Sent when a slot was confirmed: `page`, `slot`.
slot_confirmed = Signal()
# Sent when a slot that stood is held back or moved, and waits for an answer: `page`, `slot`.
slot_withheld = Signal()
# Sent by the dispatcher in every round, outside any transaction: `stopping`, an event or None.
dispatching = Signal()
# Sent when an item left the public before its time: `page`, `publication`, `user`.
item_taken_down = Signal()
# Sent before a decision, outside its transaction: `page` as drafted, `action`. Receivers ask whom
# they have to ask, and return what was answered to each question, by a key of the question.
opinions_wanted = Signal()
# Sent before a text is submitted, endorsed or approved: `page` as drafted, `action`, and as
# `opinions` what was answered beforehand, or None where nobody was asked. Receivers return
# sentences that stand in the way, or nothing. They are in a transaction, and ask nobody outside.
text_judged = Signal()
# Sent when the text of an item was approved: `page`, `approval`, `user`, and as `notices` the
# channels on which the approver wants a notice, if it corrects what is out there.
approval_given = Signal()
# Sent when a withdrawal was approved, the item being down: `page`, `withdrawal`, `user`, and the
# same `notices`.
withdrawal_approved = Signal()
# Sent when a withdrawal waits for its approval, after a takedown too: `page`, `withdrawal`.
withdrawal_waiting = Signal()
# Sent when an item marked important or urgent is submitted: `page`, `mark`, `deciders` (users).
urgent_item_submitted = Signal()
# Sent when a channel can send nothing until somebody acts: `channel`, `cause`, `page_id` or None.
channel_needs_person = Signal()
