"""Training of the block classifier: labels, word weights, gradients. Numpy only."""
