"""URL names that the education app adds to the admin: its snippets and views, for editors or closed."""

OPEN: tuple[str, ...] = (
    "education_decision",
    "education_take_down",
    "education_stop_schedule",
    "education_source",
    "education_stop_warning",
    *(
        f"wagtailsnippets_education_source:{name}"
        for name in ("list", "list_results", "add", "edit", "history", "history_results", "usage")
    ),
)

# A source is never deleted, only withdrawn; blocks name their sources in a list of their own.
CLOSED: tuple[str, ...] = (
    "wagtailsnippets_education_source:delete",
    *(
        f"wagtailsnippetchoosers_education_source:{name}"
        for name in ("choose", "choose_results", "chosen", "chosen_multiple", "create")
    ),
)
