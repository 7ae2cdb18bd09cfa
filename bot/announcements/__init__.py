"""Announcements: drafted by anyone, approved by others, published exactly as approved, once."""
