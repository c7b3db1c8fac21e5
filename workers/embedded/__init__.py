"""The whole stack in one command: a server from a wheel, and workers as children."""
