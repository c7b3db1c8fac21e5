"""Names in a text: where they stand, what they name, which of them name the same.

``runs`` finds capitalized sequences, ``gazetteer`` the names we know, ``kinds`` says what a
sequence names, ``grouping`` puts mentions together, ``caseless`` serves the scripts without
capitals. Knows nothing of articles; :mod:`pipeline.enrich.entities` does.
"""
