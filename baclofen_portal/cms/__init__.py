"""The process of the editors of education pages: Wagtail's admin, under a role that sees nothing clinical."""
