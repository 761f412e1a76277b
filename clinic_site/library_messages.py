"""Words of Django that people can meet and that its own Urdu lacks, or spells differently.

Nothing imports this: `manage.py makemessages` reads it, so that these words are part of our
catalogue. Ours is asked before Django's. A test compares the list with what the request form
can say.
"""

from django.utils.translation import gettext_noop, ngettext_lazy, pgettext_lazy

# Of the fields of the request form, where the form has no words of its own.
gettext_noop("This field is required.")
gettext_noop("Enter a list of values.")
gettext_noop("Enter a valid value.")
gettext_noop("Null characters are not allowed.")
gettext_noop("Enter a valid email address.")
gettext_noop("Enter a valid date.")
gettext_noop("Select a valid choice. %(value)s is not one of the available choices.")
gettext_noop("(Hidden field %(name)s) %(error)s")

# In dates.
gettext_noop("January")
gettext_noop("February")
gettext_noop("March")
gettext_noop("April")
gettext_noop("May")
gettext_noop("June")
gettext_noop("July")
gettext_noop("August")
gettext_noop("September")
gettext_noop("October")
gettext_noop("November")
gettext_noop("December")
gettext_noop("Mon")
gettext_noop("Tue")
gettext_noop("Wed")
gettext_noop("Thu")
gettext_noop("Fri")
gettext_noop("Sat")
gettext_noop("Sun")
gettext_noop("jan")
gettext_noop("feb")
gettext_noop("mar")
gettext_noop("apr")
gettext_noop("may")
gettext_noop("jun")
gettext_noop("jul")
gettext_noop("aug")
gettext_noop("sep")
gettext_noop("oct")
gettext_noop("nov")
gettext_noop("dec")
pgettext_lazy("alt. month", "January")
pgettext_lazy("alt. month", "February")
pgettext_lazy("alt. month", "March")
pgettext_lazy("alt. month", "April")
pgettext_lazy("alt. month", "May")
pgettext_lazy("alt. month", "June")
pgettext_lazy("alt. month", "July")
pgettext_lazy("alt. month", "August")
pgettext_lazy("alt. month", "September")
pgettext_lazy("alt. month", "October")
pgettext_lazy("alt. month", "November")
pgettext_lazy("alt. month", "December")

# How long something has lasted.
gettext_noop(", ")
ngettext_lazy("%(num)d year", "%(num)d years", "num")
ngettext_lazy("%(num)d month", "%(num)d months", "num")
ngettext_lazy("%(num)d week", "%(num)d weeks", "num")
ngettext_lazy("%(num)d day", "%(num)d days", "num")
ngettext_lazy("%(num)d hour", "%(num)d hours", "num")
ngettext_lazy("%(num)d minute", "%(num)d minutes", "num")

# In the admin: signing in, lists, forms, and the accounts of staff.
gettext_noop("Administration")
gettext_noop("Log in")
gettext_noop("Password")
gettext_noop("Change password")
gettext_noop("Password change")
gettext_noop("Old password")
gettext_noop("New password")
gettext_noop("New password confirmation")
gettext_noop("Change my password")
gettext_noop(
    "Please enter your old password, for security’s sake, and then enter your new password "
    "twice so we can verify you typed it in correctly."
)
gettext_noop("None available")
gettext_noop("No date")
gettext_noop("Has date")
gettext_noop("Empty")
gettext_noop("Not empty")
gettext_noop(
    "Please enter the correct %(username)s and password for a staff account. Note that "
    "both fields may be case-sensitive."
)
gettext_noop("Addition")
gettext_noop("Deletion")
gettext_noop("user")
gettext_noop("Added “%(object)s”.")
gettext_noop("Changed “%(object)s” — %(changes)s")
gettext_noop("Deleted “%(object)s.”")
gettext_noop("Added {name} “{object}”.")
gettext_noop("Added.")
gettext_noop("Changed {fields} for {name} “{object}”.")
gettext_noop("Changed {fields}.")
gettext_noop("Deleted {name} “{object}”.")
gettext_noop("Hold down “Control”, or “Command” on a Mac, to select more than one.")
gettext_noop("Select this object for an action - {}")
gettext_noop("The {name} “{obj}” was added successfully.")
gettext_noop("You may edit it again below.")
gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below.")
gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below.")
gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below.")
gettext_noop("The {name} “{obj}” was changed successfully.")
gettext_noop("The %(name)s “%(obj)s” was deleted successfully.")
gettext_noop("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?")
gettext_noop("View %s")
gettext_noop(
    "Deleting %(class_name)s %(instance)s would require deleting the following protected "
    "related objects: %(related_objects)s"
)
gettext_noop("%(app)s administration")
gettext_noop("We’re sorry, but the requested page could not be found.")
gettext_noop(
    "There’s been an error. It’s been reported to the site administrators via email and "
    "should be fixed shortly. Thanks for your patience."
)
gettext_noop("Breadcrumbs")
gettext_noop("Models in the %(name)s application")
gettext_noop("Model name")
gettext_noop("Add link")
gettext_noop("Change or view list link")
gettext_noop("View")
gettext_noop("You don’t have permission to view or edit anything.")
gettext_noop("After you’ve created a user, you’ll be able to edit more user options.")
gettext_noop("Set password")
ngettext_lazy("Please correct the error below.", "Please correct the errors below.", 1)
gettext_noop("Skip to main content")
gettext_noop("View site")
gettext_noop("Hide counts")
gettext_noop("Show counts")
gettext_noop("Clear all filters")
gettext_noop("Remove from sorting")
gettext_noop("Sorting priority: %(priority_number)s")
gettext_noop("Toggle sorting")
gettext_noop("Toggle theme (current theme: auto)")
gettext_noop("Toggle theme (current theme: light)")
gettext_noop("Toggle theme (current theme: dark)")
gettext_noop("Objects")
gettext_noop("Yes, I’m sure")
gettext_noop("No, take me back")
gettext_noop("Summary")
gettext_noop("Recent actions")
gettext_noop("My actions")
gettext_noop("Added:")
gettext_noop("Changed:")
gettext_noop("Deleted:")
gettext_noop(
    "You are authenticated as %(username)s, but are not authorized to access this page. "
    "Would you like to login to a different account?"
)
gettext_noop("Forgotten your login credentials?")
gettext_noop("Toggle navigation")
gettext_noop("Sidebar")
gettext_noop("Start typing to filter…")
gettext_noop("Filter navigation items")
ngettext_lazy("entry", "entries", 1)
gettext_noop(
    "This object doesn’t have a change history. It probably wasn’t added via this admin site."
)
gettext_noop("Popup closing…")
gettext_noop("Save and view")
gettext_noop("Close")
gettext_noop("Change selected %(model)s")
gettext_noop("Add another %(model)s")
gettext_noop("Delete selected %(model)s")
gettext_noop("View selected %(model)s")
gettext_noop("Thanks for spending some quality time with the web site today.")
gettext_noop("Select all objects on this page for an action")
gettext_noop("Select %s to view")
gettext_noop("Currently:")
gettext_noop("Change:")
gettext_noop("Personal info")
gettext_noop("Permissions")
gettext_noop("Important dates")
gettext_noop("Password changed successfully.")
gettext_noop("Change password: %s")
gettext_noop("Authentication and Authorization")
gettext_noop("password")
gettext_noop("last login")
gettext_noop("No password set.")
gettext_noop("The two password fields didn’t match.")
gettext_noop("Password confirmation")
gettext_noop("Enter the same password as before, for verification.")
gettext_noop("Raw passwords are not stored, so there is no way to see the user’s password.")
gettext_noop(
    "Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."
)
gettext_noop("This account is inactive.")
gettext_noop("Your old password was entered incorrectly. Please enter it again.")
gettext_noop("permission")
gettext_noop("permissions")
gettext_noop("group")
gettext_noop("groups")
gettext_noop("superuser status")
gettext_noop("Designates that this user has all permissions without explicitly assigning them.")
gettext_noop(
    "The groups this user belongs to. A user will get all permissions granted to each of "
    "their groups."
)
gettext_noop("user permissions")
gettext_noop("Specific permissions for this user.")
gettext_noop("username")
gettext_noop("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.")
gettext_noop("A user with that username already exists.")
gettext_noop("first name")
gettext_noop("last name")
gettext_noop("email address")
gettext_noop("staff status")
gettext_noop("Designates whether the user can log into this admin site.")
gettext_noop("active")
gettext_noop(
    "Designates whether this user should be treated as active. Unselect this instead of "
    "deleting accounts."
)
gettext_noop("date joined")
gettext_noop("users")
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
    1,
)
ngettext_lazy(
    "Your password must contain at least %(min_length)d character.",
    "Your password must contain at least %(min_length)d characters.",
    1,
)
gettext_noop("The password is too similar to the %(verbose_name)s.")
gettext_noop("Your password can’t be too similar to your other personal information.")
gettext_noop("This password is too common.")
gettext_noop("Your password can’t be a commonly used password.")
gettext_noop("This password is entirely numeric.")
gettext_noop("Your password can’t be entirely numeric.")
gettext_noop("Logged out")
gettext_noop("Password change successful")

# In the admin, where Django has no Urdu or not what people here would say: lists and filters.
gettext_noop("Any date")
gettext_noop("Past 7 days")
gettext_noop("This month")
gettext_noop("This year")
gettext_noop(" By %(filter_title)s ")
gettext_noop("Action:")
gettext_noop("Action")
gettext_noop("Go")
gettext_noop("Run the selected action")
gettext_noop(
    "Items must be selected in order to perform actions on them. No items have been changed."
)
gettext_noop("No action selected.")
gettext_noop("Click here to select the objects across all pages")
gettext_noop("Select all %(total_count)s %(module_name)s")
gettext_noop("Clear selection")
gettext_noop("Show all")
gettext_noop("0 of %(cnt)s selected")
gettext_noop("Select %s")
gettext_noop("Select %s to change")
gettext_noop("Add")
gettext_noop("Change")
gettext_noop("Delete")
gettext_noop("Add %s")
gettext_noop("Change %s")
gettext_noop("Add %(name)s")
gettext_noop("Add another %(verbose_name)s")
gettext_noop("Unknown")
ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected", 1)
ngettext_lazy("%(counter)s result", "%(counter)s results", 1)

# Forms, and what they refuse. First the marks after which a label takes no colon.
gettext_noop(":?.!")
gettext_noop("Save and add another")
gettext_noop("Save and continue editing")
gettext_noop("View on site")
gettext_noop("History")
gettext_noop("Change history: %s")
gettext_noop("No fields changed.")
gettext_noop("Enter a valid URL.")
gettext_noop("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.")
gettext_noop("Enter a number.")
gettext_noop("Enter a whole number.")
gettext_noop("Enter a valid integer.")
gettext_noop("Enter a valid time.")
gettext_noop("Enter a valid date/time.")
gettext_noop("Ensure this value is less than or equal to %(limit_value)s.")
gettext_noop("Ensure this value is greater than or equal to %(limit_value)s.")
ngettext_lazy(
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    "limit_value",
)
ngettext_lazy(
    "Ensure this filename has at most %(max)d character (it has %(length)d).",
    "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    "max",
)
gettext_noop("%(model_name)s with this %(field_label)s already exists.")
gettext_noop("%(model_name)s with this %(field_labels)s already exists.")
gettext_noop("Constraint “%(name)s” is violated.")
gettext_noop("Value %(value)r is not a valid choice.")
gettext_noop("This field cannot be null.")
gettext_noop("This field cannot be blank.")
gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice.")
gettext_noop("Select a valid choice. That choice is not one of the available choices.")
gettext_noop("“%(pk)s” is not a valid value.")
gettext_noop("No file was submitted.")
gettext_noop("No file was submitted. Check the encoding type on the form.")
gettext_noop("The submitted file is empty.")
gettext_noop("Please correct the duplicate data for %(field)s.")
gettext_noop("Please correct the duplicate data for %(field)s, which must be unique.")
gettext_noop("Please correct the duplicate values below.")
pgettext_lazy(
    "{example_number} is a national phone number.",
    "Enter a valid phone number (e.g. {example_number}) or a number with an international call "
    "prefix.",
)
gettext_noop("Enter a valid phone number.")
gettext_noop("The phone number entered is not valid.")

# Deleting.
gettext_noop("Delete multiple objects")
gettext_noop("Delete?")
gettext_noop("Delete selected %(verbose_name_plural)s")
gettext_noop("Cannot delete %(name)s")
gettext_noop("Successfully deleted %(count)d %(items)s.")
gettext_noop("%(class_name)s %(instance)s")
gettext_noop("%(from)s-%(to)s relationship")
gettext_noop("%(from)s-%(to)s relationships")
gettext_noop(
    "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related "
    "objects, but your account doesn't have permission to delete the following types of "
    "objects:"
)
gettext_noop(
    "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following "
    "protected related objects:"
)
gettext_noop(
    'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the '
    "following related items will be deleted:"
)
gettext_noop(
    "Deleting the selected %(objects_name)s would result in deleting related objects, but your "
    "account doesn't have permission to delete the following types of objects:"
)
gettext_noop(
    "Deleting the selected %(objects_name)s would require deleting the following protected "
    "related objects:"
)
gettext_noop(
    "Are you sure you want to delete the selected %(objects_name)s? All of the following "
    "objects and their related items will be deleted:"
)

# Passwords of staff.
gettext_noop("Log in again")
gettext_noop("Your password was changed.")
gettext_noop("Reset password")
gettext_noop("algorithm")
gettext_noop("iterations")
gettext_noop("salt")
gettext_noop("hash")
gettext_noop("Invalid password format or unknown hashing algorithm.")
gettext_noop("Enter a new password for the user <strong>%(username)s</strong>.")
gettext_noop("Password-based authentication")
gettext_noop("Enabled")
gettext_noop("Disabled")
gettext_noop(
    "This action will <strong>enable</strong> password-based authentication for this user."
)
gettext_noop("Disable password-based authentication")
gettext_noop("Enable password-based authentication")
gettext_noop("Enable password-based authentication for this user by setting a password.")
gettext_noop("Password-based authentication was disabled.")
gettext_noop("Set password: %s")
gettext_noop("Conflicting form data submitted. Please try again.")
gettext_noop(
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ "
    "characters."
)
