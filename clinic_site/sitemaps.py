"""Every address that a search engine may show, in both languages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class BilingualSitemap(Sitemap):
    """Addresses below SITE_URL, each with its twin in the other language."""

    i18n = True
    alternates = True
    x_default = True
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class PageSitemap(BilingualSitemap):
    """Pages with one fixed address, whose words are part of the site."""

    def items(self) -> list[str]:
        return [
            "consultation",
            "contact",
            "privacy",
            "accessibility",
        ]

    def location(self, name: str) -> str:
        return reverse(name)
