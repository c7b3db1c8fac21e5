"""One module for each field: it gathers the evidence and decides, in one readable place."""
