"""Somebody to book with in the sample clinic, whom nobody can take for real."""

from datetime import time

from django.db import migrations


def create_sample(apps, schema_editor):
    clinic = apps.get_model("clinic_site", "Clinic").objects.filter(pk=1).first()
    if clinic is None or "sample" not in clinic.name_en.lower():
        return
    practitioner = apps.get_model("consultations", "Practitioner").objects.create(
        name="Sample practitioner",
        name_en="Sample practitioner",
        name_ur="نمونہ معالج",
        title="Sample title",
        title_en="Sample title",
        title_ur="نمونہ عہدہ",
        registration_number="SAMPLE: no registration",
        languages="English, Urdu",
        languages_en="English, Urdu",
        languages_ur="انگریزی، اردو",
    )
    hours = apps.get_model("consultations", "WorkingHours").objects
    for weekday in (0, 1, 2, 3, 4, 5):
        is_friday = weekday == 4
        hours.create(
            practitioner=practitioner,
            weekday=weekday,
            opens=time(10),
            closes=time(18),
            break_starts=time(13),
            break_ends=time(14, 30) if is_friday else time(14),
        )


class Migration(migrations.Migration):
    dependencies = [("consultations", "0002_appointments"), ("clinic_site", "0002_sample_clinic")]

    operations = [migrations.RunPython(create_sample, migrations.RunPython.noop)]
