DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
FIRST_DAY_OF_WEEK = 1

# What is typed: day first, as people here write it. Pages and calendars fill in the first form.
DATE_INPUT_FORMATS = [
    "%Y-%m-%d",
    *("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"),
    *("%d %B %Y", "%d %b %Y"),
]
DATETIME_INPUT_FORMATS = [
    f"{date} {time}" for date in DATE_INPUT_FORMATS for time in ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")
]

# The clinic's own, with the day of the week. Without a year: it goes without saying.
DAY_FORMAT = "l, j F"
DAY_AND_TIME_FORMAT = "l j F, H:i"
SHORT_DAY_AND_TIME_FORMAT = "D j M, H:i"
FULL_DAY_AND_TIME_FORMAT = "l, j F Y, H:i"
