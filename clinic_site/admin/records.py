"""The owner's list of who looked at what."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic_site.admin.paging import FromTheNearerEnd
from clinic_site.models import AccessRecord


@admin.register(AccessRecord)
class AccessRecordAdmin(admin.ModelAdmin):
    """Who did what with whose data: to be read, and never to be changed."""

    list_display = ["at", "who", "action", "kind", "reference"]
    list_display_links = None
    list_filter = ["action", "at", ("content_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["content_type"]
    search_fields = ["reference", "actor_name"]
    search_help_text = _("The reference of a request, or the name of an account")
    ordering = ["-at", "-pk"]
    show_full_result_count = False
    paginator = FromTheNearerEnd

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessRecord | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AccessRecord | None = None) -> bool:
        return False

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, record: AccessRecord) -> str:
        return record.actor_name or str(_("the site itself"))

    @admin.display(description=_("kind"))
    def kind(self, record: AccessRecord) -> str:
        return record.content_type.name if record.content_type else "–"
