"""One module for each kind of evidence. Each yields candidates; none of them decides."""
