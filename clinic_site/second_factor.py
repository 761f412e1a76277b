"""The second thing that shows who signs in: a code from an app on their phone.

Beside it stand recovery codes, each good for one sign-in without the phone.
"""

import time
from base64 import b32encode
from binascii import unhexlify
from typing import cast

import qrcode
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from clinic_site.models import SecurityRules

RECOVERY_CODES = 10
_DIGITS = 6


def app_of(user: User) -> TOTPDevice | None:
    """The app that somebody has set up, if any."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def recovery_codes_of(user: User) -> list[str]:
    return list(
        StaticToken.objects.filter(device__user=user).order_by("pk").values_list("token", flat=True)
    )


def device_for(user: User, code: str) -> Device | None:
    """What a code that somebody typed should be checked against."""
    if len(code) == _DIGITS and code.isdigit():
        return app_of(user)
    return StaticDevice.objects.filter(user=user, confirmed=True).first()


def is_required_of(user: User) -> bool:
    return SecurityRules.objects.requiring_second_factor_of(user).exists()


def is_awaited(request: HttpRequest) -> bool:
    """Whether somebody who gave their password still owes a second factor, or has to set one up."""
    user = cast(User, request.user)
    if getattr(user, "otp_device", None):
        return False
    # Asked several times for one page.
    if not hasattr(request, "awaits_second_factor"):
        awaits = bool(app_of(user)) or is_required_of(user)
        request.awaits_second_factor = awaits  # type: ignore[attr-defined]
    return request.awaits_second_factor  # type: ignore[attr-defined]


def matching_step(key: str, code: str) -> TOTP | None:
    """The clock of the app with this key, if the code is one that it shows about now."""
    clock = TOTP(unhexlify(key), digits=_DIGITS)
    clock.time = time.time()
    return clock if code.isdigit() and clock.verify(int(code), tolerance=1) else None


def key_to_type(key: str) -> str:
    """The key in groups of four, for who cannot scan the picture."""
    letters = b32encode(unhexlify(key)).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def key_to_scan(user: User, key: str) -> SafeString:
    """The key as a picture."""
    address = TOTPDevice(user=user, key=key).config_url
    picture = qrcode.make(address, image_factory=SvgPathImage, box_size=20)
    return mark_safe(picture.to_string(encoding="unicode"))  # noqa: S308  our own drawing
