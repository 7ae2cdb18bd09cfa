"""The channels we publish on, each by itself."""
