"""Connects the gate to the signals of Django and Wagtail; decides nothing."""

from django.apps import apps
from django.db.models.signals import (
    m2m_changed,
    post_migrate,
    post_save,
    pre_delete,
    pre_migrate,
    pre_save,
)
from wagtail.models import CollectionViewRestriction, PageViewRestriction, Revision, Site
from wagtail.signals import page_unpublished, pre_page_move

from .. import emergency
from ..models import Publication, Withdrawal, governed_models
from ..models.evidence import AppendOnly, keep_evidence
from . import collections, pages, parts, redirect_forms, revisions, shown, structure, triggers


def install() -> None:
    """Connect the gate, once; a site without governed page types stays as Wagtail has it."""
    ours = apps.get_app_config("otp_policy")
    _connect(pre_migrate, triggers.remove_before_migrating, sender=ours)
    _connect(post_migrate, triggers.install_after_migrating, sender=ours)
    _keep_evidence()
    if governed_models():
        _connect_guards()
        pages.guard_actions()
        pages.guard_tree()
        collections.guard_moves()


def _keep_evidence() -> None:
    """Refuse deletions of evidence, in a site that has no governed page type any more, too."""
    for model in apps.get_models():  # an app of the plugin may keep evidence of its own
        # A withdrawal changes its state; what it tells the public at the address has to stay.
        if issubclass(model, (AppendOnly, Publication, Withdrawal)):
            _connect(pre_delete, keep_evidence, sender=model)


def _connect_guards() -> None:
    _connect(pre_save, pages.guard_page, structure.guard_address, parts.guard_part)
    _connect(pre_save, shown.guard_shown)
    _connect(pre_save, revisions.guard_revision, sender=Revision)
    # Before whatever ends the publication of a page that is stored as not live.
    _connect(post_save, emergency.note_saved)
    _connect(page_unpublished, emergency.let_go)
    _connect(pre_delete, structure.guard_deletion, parts.guard_part, shown.guard_shown_deletion)
    _connect(pre_delete, revisions.keep_evidence, sender=Revision)
    _connect(m2m_changed, parts.guard_relation)
    _connect(pre_page_move, structure.guard_move)
    _connect_privacy()
    _connect(pre_save, structure.guard_site, sender=Site)
    _connect(pre_delete, structure.guard_site_deletion, sender=Site)
    if apps.is_installed("wagtail.contrib.redirects"):
        from wagtail.contrib.redirects.models import Redirect

        _connect(pre_save, structure.guard_redirect, sender=Redirect)
        redirect_forms.explain_in_forms()


def _connect_privacy() -> None:
    for signal in (pre_save, pre_delete):
        _connect(signal, structure.guard_privacy, sender=PageViewRestriction)
        _connect(signal, shown.guard_collection_privacy, sender=CollectionViewRestriction)
    groups = PageViewRestriction.groups.through
    _connect(m2m_changed, structure.guard_privacy_groups, sender=groups)


def _connect(signal, *receivers, sender=None) -> None:
    for receiver in receivers:
        name = f"otp_policy.{receiver.__module__}.{receiver.__name__}"
        signal.connect(receiver, sender=sender, dispatch_uid=name)
