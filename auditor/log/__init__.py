"""The log: canonical events, mappings, sources, health."""
