"""Who may do what, changed in chat: stopping somebody takes one person, giving a role or trust back takes two."""
