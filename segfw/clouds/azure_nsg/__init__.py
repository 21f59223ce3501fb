"""Azure network security groups: stateful, first match by priority, rules inside the group."""
