DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
FIRST_DAY_OF_WEEK = 1

# The clinic's own, with the day of the week. Without a year: it goes without saying.
DAY_FORMAT = "l, j F"
DAY_AND_TIME_FORMAT = "l j F, H:i"
SHORT_DAY_AND_TIME_FORMAT = "D j M, H:i"
FULL_DAY_AND_TIME_FORMAT = "l, j F Y, H:i"
