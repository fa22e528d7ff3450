"""The command line: one module per command, arguments and nothing else."""
