"""The rule language: model, loader, expressions, lint, wording."""
