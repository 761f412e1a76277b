"""People who work at the clinic, as tests need them."""

from django.contrib.auth.models import Group, User
from django.test import Client

from clinic_site.roles import Role

SIGN_IN = "/admin/login/"
PASSWORD = "a-long-password-of-ours"


def make_staff(*roles: Role, name: str = "", **fields: object) -> User:
    """Somebody with these roles; without any, somebody who may do nothing."""
    name = name or "-".join(roles).lower().replace(" ", "-") or "nobody"
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str):
    """Through the page, as a person does."""
    return client.post(SIGN_IN + "?next=/admin/", {"username": name, "password": password}, **extra)
