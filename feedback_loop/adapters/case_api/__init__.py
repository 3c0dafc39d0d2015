"""A case system over HTTP: the client that fulfils `ports.CaseSystem`, and one that runs in this process, for demos and tests."""
