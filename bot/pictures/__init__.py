"""Pictures on their way in: opened in child processes under limits, and nothing but their pixels kept."""
