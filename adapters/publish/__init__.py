"""Publishers, one module a channel; none knows another."""
