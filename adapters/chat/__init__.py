"""Chat adapters, one package a platform; none knows another."""
