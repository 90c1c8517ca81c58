"""The tenant, and the wall between tenants."""
