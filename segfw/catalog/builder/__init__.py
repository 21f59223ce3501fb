"""From the catalog's YAML to the JSON that ships; not used when rules are made."""
