"""The one clinic row, as a sample that nobody can take for real."""

from datetime import time

from django.db import migrations


def create_sample(apps, schema_editor):
    clinic = apps.get_model("clinic_site", "Clinic").objects.create(
        pk=1,
        name="Sample Hair Clinic, Islamabad",
        name_en="Sample Hair Clinic, Islamabad",
        name_ur="نمونہ ہیئر کلینک، اسلام آباد",
        # Not a number that can exist, so that nobody is called by mistake.
        phone="+92510000000",
        email="desk@sample-clinic.example",
        address="Sample address\nIslamabad",
        address_en="Sample address\nIslamabad",
        address_ur="نمونے کا پتا\nاسلام آباد",
        licence_number="SAMPLE: no licence",
    )
    hours = apps.get_model("clinic_site", "OpeningHours").objects
    for weekday in (0, 1, 2, 3, 4, 5):
        is_friday = weekday == 4
        hours.create(
            clinic=clinic,
            weekday=weekday,
            opens=time(10),
            closes=time(19),
            break_starts=time(13) if is_friday else None,
            break_ends=time(14, 30) if is_friday else None,
        )


class Migration(migrations.Migration):
    dependencies = [("clinic_site", "0001_initial")]

    operations = [migrations.RunPython(create_sample, migrations.RunPython.noop)]
