"""A rule that Django has no word for on every database: no two spans of time may overlap."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

_POSTGRESQL = (
    "CONSTRAINT %(name)s EXCLUDE USING gist ("
    "int8range(%(of)s, %(of)s, '[]') WITH &&, "
    "tstzrange(%(start)s, %(end)s, '[)') WITH &&) WHERE (%(unless)s IS NULL)"
)
_SQLITE = """
CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s
WHEN NEW.%(unless)s IS NULL AND EXISTS (
    SELECT 1 FROM %(table)s WHERE %(of)s = NEW.%(of)s AND %(unless)s IS NULL
    AND %(start)s < NEW.%(end)s AND %(end)s > NEW.%(start)s AND %(other)s
)
BEGIN SELECT RAISE(ABORT, 'constraint failed: %(plain_name)s'); END
"""
# A new row has no id yet; a changed one may overlap itself.
_EVENTS = {"INSERT": "1", "UPDATE": "id <> OLD.id"}


class NoOverlap(BaseConstraint):
    """Of one `of` (a foreign key), no two rows overlap in time, unless `unless` is set in one.

    The database itself refuses it with an IntegrityError, however the row came there: on
    PostgreSQL by an exclusion constraint, on SQLite, which has none, by two triggers.
    """

    def __init__(
        self, *, of: str, start: str, end: str, unless: str, name: str, **options: Any
    ) -> None:
        super().__init__(name=name, **options)
        self.of, self.start, self.end, self.unless = of, start, end, unless

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, **self._fields()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NoOverlap):
            return NotImplemented
        return self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]  # as the constraints of Django that compare

    def constraint_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return _POSTGRESQL % self._quoted(model, schema_editor)
        # At the end, when the table bears its own name; whenever SQLite makes it anew, again.
        schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
        return None

    # SQLite never asks for these two: it makes the whole table anew.
    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Raise ValidationError if `instance` would overlap another row."""
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        of = getattr(instance, f"{self.of}_id")
        if getattr(instance, self.unless) is not None or None in (start, end, of):
            return
        others = model._default_manager.using(using).filter(
            **{
                self.of: of,
                f"{self.unless}__isnull": True,
                f"{self.start}__lt": end,
                f"{self.end}__gt": start,
            }
        )
        if others.exclude(pk=instance.pk).exists():
            raise ValidationError(
                self.get_violation_error_message(), code=self.violation_error_code
            )

    def _fields(self) -> dict[str, str]:
        return {"of": self.of, "start": self.start, "end": self.end, "unless": self.unless}

    def _quoted(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> dict[str, str]:
        columns = {
            role: schema_editor.quote_name(model._meta.get_field(name).column)  # type: ignore[union-attr, arg-type]
            for role, name in self._fields().items()
        }
        return columns | {"name": schema_editor.quote_name(self.name)}

    def _triggers(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> list[Statement]:
        return [
            Statement(
                _SQLITE,
                # A reference, so that it follows when the table is renamed.
                table=Table(model._meta.db_table, schema_editor.quote_name),
                trigger=schema_editor.quote_name(f"{self.name}_{event.lower()}"),
                event=event,
                other=other,
                plain_name=self.name,
                **self._quoted(model, schema_editor),
            )
            for event, other in _EVENTS.items()
        ]
