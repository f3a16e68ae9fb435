"""Sites of the company, the forms on them, and how many submissions there were."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentText


class Site(models.Model):
    """A site of the company. `origins` are where its pages live: `https://shop.example`, nothing else is let in.

    `key` is public: it stands in the snippet and names the site, and is no secret.
    """

    name = models.CharField(_("name"), max_length=100)
    key = models.CharField(max_length=24, unique=True, editable=False)
    origins = ArrayField(models.CharField(max_length=300), verbose_name=_("addresses"))
    reports_visits = models.BooleanField(
        _("takes visits"), default=False, help_text=_("Page views, products, carts and searches of known customers.")
    )
    is_active = models.BooleanField(_("on"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class FormField(models.TextChoices):
    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    MESSAGE = "message", _("Message")


class Form(models.Model):
    """A form on a site. `code` is its public address; the consent text is a version that never changes."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="forms")
    name = models.CharField(_("name"), max_length=100, help_text=_("For you; it stands at the inquiry as its line."))
    code = models.CharField(max_length=24, unique=True, editable=False)
    fields = ArrayField(models.CharField(max_length=10, choices=FormField.choices), verbose_name=_("fields"))
    required = ArrayField(
        models.CharField(max_length=10, choices=FormField.choices), verbose_name=_("must be filled in"), default=list
    )
    title_ru = models.CharField(_("title in Russian"), max_length=200, blank=True)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    thanks_ru = models.CharField(_("thanks in Russian"), max_length=500, blank=True)
    thanks_en = models.CharField(_("thanks in English"), max_length=500, blank=True)
    redirect_ru = models.URLField(_("then to the page, in Russian"), max_length=500, blank=True)
    redirect_en = models.URLField(_("then to the page, in English"), max_length=500, blank=True)
    privacy_url = models.URLField(_("privacy policy"), max_length=500, blank=True)
    consent_text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("consent")
    )
    channel_code = models.CharField(_("channel"), max_length=50, blank=True)
    is_active = models.BooleanField(_("on"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """The name under which its inquiries are known."""
        return f"form-{self.code}"


class FormDay(models.Model):
    """How many submissions of a form there were on a day: taken, taken for spam, turned away by the limits."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    taken = models.IntegerField(default=0)
    spam = models.IntegerField(default=0)
    limited = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="form_day_once")]
