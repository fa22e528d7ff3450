"""Tests; a package, so that the reference evaluator and the strategies can be imported as `tests.reference`."""
