"""Long lists, turned page by page."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class FromTheNearerEnd(Paginator):
    """Counts the rows before a page from whichever end of the list is nearer.

    A database steps over every row before a page: those of the last one would cost it as much as
    the whole list. The list must be a QuerySet in a settled order that has not been sliced.
    """

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        before = (number - 1) * self.per_page
        if before <= self.count // 2:
            return super().page(number)
        after = 0 if number == self.num_pages else self.count - before - self.per_page
        backwards = cast(QuerySet[Any], self.object_list).reverse()
        return Page(list(backwards[after : self.count - before])[::-1], number, self)
