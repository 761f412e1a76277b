from django.db import migrations

from consultations.search import keys_of


def index_anew(apps, schema_editor):
    """Make what is there findable by references without a dash, and by letters typed in Arabic."""
    term_model = apps.get_model("consultations", "SearchTerm")
    term_model.objects.all().delete()
    waiting = []
    for request in apps.get_model("consultations", "ConsultationRequest").objects.iterator():
        waiting += [term_model(request=request, term=term) for term in keys_of(request)]
        if len(waiting) > 5000:
            term_model.objects.bulk_create(waiting)
            waiting = []
    term_model.objects.bulk_create(waiting)


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0011_find_open_requests_fast'),
    ]

    operations = [
        migrations.RunPython(index_anew, migrations.RunPython.noop),
    ]
