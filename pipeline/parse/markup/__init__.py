"""What tags, class names and ids hint at: words as data, and the one place that reads them."""
