"""The speed figures, in CPU time or as ratios, so that a busy machine does not spoil them."""
