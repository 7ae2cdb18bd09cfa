"""What everything else is given: settings, the database, the log. Knows none of the other packages."""
