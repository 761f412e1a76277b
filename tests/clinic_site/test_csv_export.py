import csv
from io import StringIO

import pytest

from clinic_site.csv_export import cell, csv_response


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_taken_for_a_formula(sign):
    for text in (f"{sign}cmd|' /C calc'!A1", f"  {sign}1"):
        assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [0, -3, 1.5, "Ayesha", "a=b", "", "کلینک"])
def test_other_cells_stay_as_they_are(value):
    assert cell(value) == value


def test_a_file_is_read_back_as_it_was_written():
    response = csv_response("weeks", ["Page", "Requests"], [['"=1+1",\n', 3], ["=SUM(A1)", -1]])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="weeks.csv"'
    text = response.content.decode()
    assert text.startswith("\ufeff")  # else Excel does not know that it is UTF-8
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows == [["Page", "Requests"], ['"=1+1",\n', "3"], ["'=SUM(A1)", "-1"]]
