"""What other people's libraries say, in our terms: to compare with the direct evaluator and with the engine."""
