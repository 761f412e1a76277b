from modeltranslation.translator import TranslationOptions, register

from consultations.models import Practitioner


@register(Practitioner)
class PractitionerTranslation(TranslationOptions):
    fields = ("name", "title", "languages")
    required_languages = ("en",)
