"""Teaching: a model learns a person's own drawings."""
