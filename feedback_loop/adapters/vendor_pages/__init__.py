"""How each vendor is asked for pages of what customers said, or of what happened: a module a vendor, each fulfils `ports.SourceClient`."""
