"""What every layer shares: places in files, diagnostics, strict YAML, suggestions, time."""
