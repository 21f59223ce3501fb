"""AWS security groups: stateful, allow only, one resource to a rule."""
