"""ServiceNow as a connector: actions become records of its tables, each known by our key; what people approve there can be read."""
