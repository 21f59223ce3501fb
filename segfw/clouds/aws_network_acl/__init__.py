"""AWS network ACLs: stateless, first match by number, one resource with all its entries."""
