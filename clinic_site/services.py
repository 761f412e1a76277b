"""What is decided about accounts and signing in. Each is on record."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.translation import gettext
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic_site import second_factor
from clinic_site.audit import record
from clinic_site.models import AccessRecord, SecurityRules

Action = AccessRecord.Action


class WrongCode(Exception):  # noqa: N818  it is the code that is wrong
    """The code is not accepted; the message says what to do."""


class WrongOldCode(WrongCode):
    """The code of the app that is to be replaced is not accepted."""


def check_code(*, user: User, code: str) -> Device:
    """The device that knows the code. Each wrong one makes the next wait longer."""
    device = second_factor.device_for(user, code)
    if device is None:
        raise WrongCode(gettext("This is neither a code from your app nor a recovery code."))
    allowed, _reason = device.verify_is_allowed()
    if not allowed:
        raise WrongCode(
            gettext(
                "There were several wrong codes. Wait a minute, and longer each time it is wrong "
                "again; or ask the owner to remove your second factor, so that you can set up a "
                "new one."
            )
        )
    verified = verify_token(user, device.persistent_id, code)
    if verified is None:
        raise WrongCode(
            gettext(
                "This code is not right, or was used already. Wait for the app to show the next "
                "one, and check that the clock of your phone is set automatically."
            )
        )
    if isinstance(verified, StaticDevice):
        # Whoever finds the sheet with the codes needs no phone: the owner should see it.
        record(by=user, action=Action.RECOVERY_USED, thing=user, reference=user.username)
    return verified


def set_up_second_factor(*, user: User, key: str, code: str, old_code: str = "") -> TOTPDevice:
    """Take the app with this key as somebody's second factor.

    In place of another it takes a code of that one too. Raises WrongCode and WrongOldCode.
    """
    clock = second_factor.matching_step(key, code)
    if clock is None:
        raise WrongCode(
            gettext(
                "This is not the code that the app shows now. Check that the clock of your phone "
                "is set automatically, and type the code while it is shown."
            )
        )
    if second_factor.app_of(user):
        # Outside the transaction, which would forget a wrong one. And last: a right one is used up.
        try:
            check_code(user=user, code=old_code)
        except WrongCode as problem:
            raise WrongOldCode(str(problem)) from problem
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        app = TOTPDevice.objects.create(
            user=user, name="app", key=key, drift=clock.drift, last_t=clock.t()
        )
        _give_recovery_codes(user)
        record(by=user, action=Action.FACTOR_SET, thing=user, reference=user.username)
    return app


@transaction.atomic
def make_recovery_codes(*, user: User) -> None:
    """Give somebody new recovery codes. The old ones open nothing any more."""
    _give_recovery_codes(user)
    record(by=user, action=Action.RECOVERY_MADE, thing=user, reference=user.username)


def _give_recovery_codes(user: User) -> None:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=StaticToken.random_token())
        for _number in range(second_factor.RECOVERY_CODES)
    )


@transaction.atomic
def remove_second_factor(*, user: User, by: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    record(by=by, action=Action.FACTOR_REMOVED, thing=user, reference=user.username)


@transaction.atomic
def require_second_factor(*, for_all: bool, roles: list[Group], by: User) -> None:
    rules = SecurityRules.objects.select_for_update().current()
    rules.second_factor_for_all = for_all
    rules.save()
    rules.second_factor_roles.set(roles)
    record(by=by, action=Action.CHANGED, thing=rules, reference="second factor")


@transaction.atomic
def unlock(*, username: str, address: str, by: User) -> None:
    """Forget the wrong passwords for a name from an address."""
    AxesProxyHandler.reset_attempts(username=username, ip_address=address)
    rules = SecurityRules.objects.current()
    record(by=by, action=Action.UNLOCKED, thing=rules, reference=username[:150])
