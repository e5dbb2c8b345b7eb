"""Who is who in the office: units, posts, delegation orders, and the groups derived from them."""

from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..conf import current_policy
from .choices import category_choices, delegable_role_choices, label_of, role_choices
from .kept_entries import KeptEntry


class InForceQuerySet(models.QuerySet):
    """Entries with a first and a last day, both included."""

    def in_force(self, on: date) -> "InForceQuerySet":
        """Return the entries that hold on the calendar day *on*."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)


class Unit(models.Model):
    """A unit of the office: a division, or one of the units that the policy names."""

    code = models.SlugField(_("code"), unique=True)
    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]

    def __str__(self) -> str:
        if (get_language() or "th").startswith("en") and self.name_en:
            return self.name_en
        return self.name_th


class Dated(models.Model):
    """A first day and, perhaps, a last day; both count."""

    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        abstract = True

    def is_in_force(self, on: date) -> bool:
        """Tell whether this holds on the calendar day *on*."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def clean(self) -> None:
        super().clean()
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValidationError(
                {"until_on": _("The last day lies before the first day.")}, code="dates_reversed"
            )


class Post(KeptEntry, Dated):
    """
    A role that someone holds, in a unit, from a day and perhaps until one.

    One register for all uses: decisions read it, and so does the public list of executives.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("holder"),
        on_delete=models.PROTECT,
        related_name="otp_posts",
    )
    role = models.CharField(_("role"), max_length=64, choices=role_choices)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT
    )
    is_acting = models.BooleanField(_("acting"), default=False)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["role", "unit__code", "from_on"]

    def __str__(self) -> str:
        unit = f" · {self.unit}" if self.unit else ""
        return f"{label_of('roles', self.role)}{unit} · {self.user}"


GIVER_LACKS_ROLE = _(
    "On the first day of the order this person does not hold the role in that unit, and nobody "
    "hands on what they do not hold. Check the person, the unit and the day."
)


class DelegationOrder(KeptEntry, Dated):
    """A dated order by which the holder of a role lets an official act in it."""

    may_be_extended = False

    number = models.CharField(_("order number"), max_length=64)
    role = models.CharField(_("delegated role"), max_length=64, choices=delegable_role_choices)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT
    )
    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        on_delete=models.PROTECT,
        related_name="otp_orders_given",
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given to"),
        on_delete=models.PROTECT,
        related_name="otp_orders_received",
    )

    category = models.CharField(
        _("category"),
        max_length=64,
        choices=category_choices,
        blank=True,
        help_text=_("Left empty, the order covers every category."),
    )

    class Meta:
        verbose_name = _("delegation order")
        verbose_name_plural = _("delegation orders")
        ordering = ["-from_on", "number"]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        super().clean()
        if self.until_on is None:
            raise ValidationError(
                {"until_on": _("A delegation order needs its last day.")}, code="until_missing"
            )
        if self.delegator_id and self.delegator_id == self.delegate_id:
            raise ValidationError(
                {"delegate": _("The order must be given to another person.")}, code="self"
            )
        if self.delegator_id and self.from_on and not self.has_begun and not self._giver_holds():
            raise ValidationError({"delegator": GIVER_LACKS_ROLE}, code="giver_lacks_role")

    def _giver_holds(self) -> bool:
        posts = Post.objects.in_force(self.from_on).filter(user=self.delegator_id)
        return any(self.is_backed_by(post) for post in posts)

    def is_backed_by(self, post: Post) -> bool:
        """Tell whether *post* is the giver's, and is the role in the unit that is handed on."""
        if (post.user_id, post.role) != (self.delegator_id, self.role):
            return False
        role = current_policy().roles.get(self.role)
        return post.unit_id == self.unit_id or (role is not None and role.binding == "office")


class RoleGroup(models.Model):
    """Which Wagtail group stands for which role of the policy."""

    role = models.CharField(max_length=64, unique=True)
    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="otp_role")

    def __str__(self) -> str:
        return self.role


class CategoryWorkflow(models.Model):
    """Which workflow carries out the approval steps of which category."""

    category = models.CharField(max_length=64, unique=True, choices=category_choices)
    workflow = models.ForeignKey(
        "wagtailcore.Workflow", on_delete=models.PROTECT, related_name="otp_categories"
    )

    def __str__(self) -> str:
        return self.category
