"""Pure rules of partners: no Django, no clock, no database."""
