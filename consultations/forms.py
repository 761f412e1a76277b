"""The request form: what is asked, and what each answer must be."""

import re
from collections.abc import Callable, Iterable
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consultations import phones
from consultations.fields import EmailAddressField, NameField, PhoneField, TextField
from consultations.guards import GuardedForm
from consultations.models import ConsultationRequest
from consultations.patient_forms import NOT_IN_LIST, WhenForm, once
from consultations.privacy import PRIVACY_VERSION
from consultations.wishes import WishForm
from treatments.decision import Answers, questions_to_ask, read_answers
from treatments.models import Precaution, QuestionToAsk, RedFlag, Stage, Treatment

ContactBy = ConsultationRequest.ContactBy
_NOT_SURE = ConsultationRequest.SinceWhen.NOT_SURE


class _VersionField(forms.Field):
    """A hidden field that always shows the notice in force, whatever was sent."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class ConsultationForm(WishForm, WhenForm):
    """What a person tells us when asking for a consultation.

    Treatments, stages, medical points and free times come from the database, each kind in a fixed
    number of queries, and only if the form is shown or something of that kind was answered.
    """

    # Errors are summed up in the order of the page, where these stand before what is inherited.
    field_order = (
        *("treatment", "name", "phone", "contact_by", "email"),
        *("red_flags", "precautions", "message", "pattern", "since_when", "tried_before"),
        "preferred_times",
    )

    treatment = forms.ChoiceField(
        label=_("Which treatment is it about?"),
        required=False,  # no choice is “I am not sure yet”
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _(
                "We do not offer this treatment now. Choose one from the list, or that you are "
                "not sure."
            )
        },
    )
    name = NameField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Write your name.")},
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_(
            "For example 0300 1234567. Outside Pakistan, start with + and the country code."
        ),
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "autocomplete": "tel",
                "inputmode": "tel",
                "dir": "ltr",
            }
        ),
        error_messages={"required": _("Write a phone number at which we can reach you.")},
    )
    contact_by = forms.ChoiceField(
        label=_("How should we reach you?"),
        choices=ContactBy.choices,
        initial=ContactBy.CALL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we should reach you."), **NOT_IN_LIST},
    )
    email = EmailAddressField(
        label=_("E-mail address (optional)"),
        required=False,
        max_length=254,
        help_text=_("If you give one, we send you a link to your request."),
        widget=forms.EmailInput(
            attrs={
                "autocomplete": "email",
                "inputmode": "email",
                "autocapitalize": "off",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
        error_messages={
            "required": _("Write your e-mail address, or choose another way to be reached.")
        },
    )
    red_flags = forms.MultipleChoiceField(
        label=_("Have you noticed any of these?"),
        required=False,
        help_text=_(
            "With any of these signs, please see a doctor before any hair treatment. You can "
            "still send this request."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_IN_LIST,
    )
    precautions = forms.MultipleChoiceField(
        label=_("Is any of these true for you?"),
        required=False,
        help_text=_(
            "We must know before an injection. Do not stop any medicine without your doctor."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_IN_LIST,
    )
    message = TextField(
        label=_("Your question, or anything else we should know (optional)"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    pattern = forms.ChoiceField(
        label=_("Which step looks most like your hair?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages=NOT_IN_LIST,
    )
    since_when = forms.ChoiceField(
        label=_("Since when have you been losing hair?"),
        choices=[("", _("Choose")), *ConsultationRequest.SinceWhen.choices],
        required=False,
        error_messages=NOT_IN_LIST,
    )
    tried_before = TextField(
        label=_("What have you tried so far?"),
        required=False,
        max_length=1000,
        help_text=_("For example a lotion, tablets, PRP or a transplant, and whether it helped."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    # Plain fields, because nobody could mend what is wrong with a hidden one.
    source_page = forms.Field(required=False, widget=forms.HiddenInput)
    # What the decision aid was told, as its address has it; shown, and left out if not wanted.
    decision = forms.Field(required=False, widget=forms.HiddenInput)
    bring_decision = forms.BooleanField(required=False, initial=True)
    privacy_version = _VersionField(
        required=False, initial=PRIVACY_VERSION, widget=forms.HiddenInput
    )
    consent = forms.BooleanField(
        label=_("I agree that the clinic stores what I wrote here, in order to answer me"),
        error_messages={
            "required": _("Tick the box if you agree: without that we may not store your request.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("treatment", lambda: [*_names(self._treatments), ("", _("I am not sure yet"))])
        self._offer("red_flags", lambda: _names(self._red_flags))
        self._offer("precautions", lambda: _names(self._precautions))
        self._offer("pattern", lambda: _patterns(self._stages))
        if not self.is_bound and self.initial.get("treatment") not in self._treatments:
            self.initial["treatment"] = ""
        self.fields["consent"].help_text = format_html(
            '<a href="{}" target="_blank">{}</a>',
            reverse("privacy"),
            _("Read the privacy notice (opens in a new tab)"),
        )

    def _offer(self, name: str, choices: Callable[[], list[tuple[Any, Any]]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @cached_property
    def _treatments(self) -> dict[str, Treatment]:
        offered = Treatment.objects.published().offered()
        return {treatment.slug: treatment for treatment in offered}

    @cached_property
    def _red_flags(self) -> dict[str, RedFlag]:
        return {str(flag.pk): flag for flag in RedFlag.objects.all()}

    @cached_property
    def _precautions(self) -> dict[str, Precaution]:
        rows = Precaution.objects.filter(treatments__in=self._treatments.values()).distinct()
        return {str(row.pk): row for row in rows}

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        rows = Stage.objects.select_related("scale")
        return {str(row.pk): row for row in rows.order_by("scale__order", "scale", "order", "pk")}

    @property
    def wished_treatment(self) -> Treatment | None:
        return self._treatments.get(self["treatment"].value())

    def clean_treatment(self) -> Treatment | None:
        chosen = self.cleaned_data["treatment"]
        return self._treatments[chosen] if chosen else None

    def clean_contact_by(self) -> str:
        contact_by = self.cleaned_data["contact_by"]
        phone = self.cleaned_data.get("phone")
        if contact_by == ContactBy.WHATSAPP and phone and phones.is_landline(phone):
            raise ValidationError(
                _("A landline cannot get WhatsApp. Choose a call, or write a mobile number.")
            )
        return contact_by

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if not email and self.cleaned_data.get("contact_by") == ContactBy.EMAIL:
            raise ValidationError(self.fields["email"].error_messages["required"])
        return email

    def clean_red_flags(self) -> list[dict[str, str]]:
        return _snapshot(self._red_flags[key] for key in once(self.cleaned_data["red_flags"]))

    def clean_precautions(self) -> list[dict[str, str]]:
        return _snapshot(self._precautions[key] for key in once(self.cleaned_data["precautions"]))

    def clean_pattern(self) -> str:
        choice = self.cleaned_data["pattern"]
        if choice in {"", _NOT_SURE.value}:
            return str(_NOT_SURE.label) if choice else ""
        stage = self._stages[choice]
        return f"{stage.scale.words.name} {_described(stage)}"

    def clean_source_page(self) -> str:
        """The page that the person came from, or nothing: this is never the person's mistake.

        Only the form of our own pages passes: no other site, no query, no patient's token.
        """
        page = self.cleaned_data["source_page"] or ""
        fits = len(page) <= 200 and re.fullmatch(r"/([a-z0-9-]+/)*", page)
        return page if fits else ""

    def clean_decision(self) -> dict[str, Any]:
        """The answers and questions in the words that were shown, or nothing."""
        if not self["bring_decision"].value():
            return {}
        brought = self.brought
        if not brought.that_matter:
            return {}
        questions = [str(row.words.question) for row in self.brought_questions]
        return {"answers": brought.in_words(), "questions": questions}

    def clean_consent(self) -> bool:
        if self.cleaned_data.get("privacy_version") != PRIVACY_VERSION:
            # The tick was for another text, so the form comes back without it.
            self.fields["consent"].widget = forms.CheckboxInput(check_test=lambda value: False)
            raise ValidationError(
                _(
                    "The privacy notice has changed since you opened this page. Please read it "
                    "and tick the box again."
                )
            )
        return self.cleaned_data["consent"]

    @cached_property
    def brought(self) -> Answers:
        """What the person said in the decision aid, as far as it is still an answer of ours."""
        return read_answers(QueryDict(str(self["decision"].value() or "")).dict())

    @cached_property
    def brought_questions(self) -> list[QuestionToAsk]:
        return questions_to_ask(self.brought)

    @property
    def answers(self) -> dict[str, Any]:
        """The cleaned values that a request stores, for `services.receive_request`."""
        apart = {"preferred_times", "source_page", "consent", "bring_decision"}
        apart |= set(GuardedForm.base_fields)
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    @property
    def helper(self) -> FormHelper:
        """How crispy lays the form out: few questions in sight, the rest behind a disclosure."""
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(
            _part(_("What it is about"), "treatment"),
            _part(_("How we reach you"), "name", "phone", "contact_by", "email"),
            _part(_("What we must know first"), "red_flags", "precautions", "message"),
            self._optional_part(
                _("More about your hair (optional)"), "pattern", "since_when", "tried_before"
            ),
            _part(_("When you can come"), "preferred_times"),
            self._optional_part(
                _("None of these times suits me")
                if self.free_times
                else _("Days and hours that suit you (optional)"),
                "earliest_date",
                "preferred_days",
                "part_of_day",
            ),
            _part(_("Before you send"), "source_page", "privacy_version", "consent"),
        )
        return helper

    def _optional_part(self, legend: Any, *names: str) -> Fieldset:
        """Folded away, unless something was written in it or is wrong with it."""
        touched = self.is_bound and not {*self.errors, *self.changed_data}.isdisjoint(names)
        return Fieldset(
            legend, *names, template="consultations/_form_optional_part.html", open=touched
        )


class OnlineForm(GuardedForm, ConsultationForm):
    """The form as everybody on the internet can send it."""


def _part(legend: Any, *names: str) -> Fieldset:
    return Fieldset(
        legend, *names, css_id=f"part-{names[0]}", template="consultations/_form_part.html"
    )


def _described(stage: Stage) -> str:
    return f"{stage.label}: {stage.words.description}"


def _names(rows: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(key, row.words.name) for key, row in rows.items()]


def _patterns(stages: dict[str, Stage]) -> list[tuple[Any, Any]]:
    """The stages grouped by their scale, after the two answers that name none.

    A stage is its own label: the field's template draws it.
    """
    groups: dict[str, list[tuple[str, Stage]]] = {}
    for key, stage in stages.items():
        scale = f"{stage.scale.words.name} ({stage.scale.words.used_for})"
        groups.setdefault(scale, []).append((key, stage))
    return [("", _("No answer")), (_NOT_SURE.value, _NOT_SURE.label), *groups.items()]


def _snapshot(rows: Iterable[RedFlag | Precaution]) -> list[dict[str, str]]:
    """What was ticked, in the words that were shown; the key says what it was in any language."""
    return [{"key": row.content_key or str(row.pk), "name": str(row.words.name)} for row in rows]
