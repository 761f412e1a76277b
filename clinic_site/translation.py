from modeltranslation.translator import TranslationOptions, register

from clinic_site.models import Clinic, Closure


@register(Clinic)
class ClinicTranslation(TranslationOptions):
    fields = ("name", "address")
    required_languages = ("en",)


@register(Closure)
class ClosureTranslation(TranslationOptions):
    fields = ("reason",)
    required_languages = ("en",)
