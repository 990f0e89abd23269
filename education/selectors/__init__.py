"""What readers are shown out of the database: live pages, never drafts."""
