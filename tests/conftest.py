"""Fixtures of the integration and end-to-end tests; this folder is on the path of modules."""

pytest_plugins = ["support.fixtures"]
