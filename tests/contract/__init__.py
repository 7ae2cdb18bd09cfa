"""What every implementation of a port must do, written once against the port."""
