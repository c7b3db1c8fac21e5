"""The command line: one module a command. Heavy imports stand inside the functions, so that
``copydesk --help`` answers at once."""
