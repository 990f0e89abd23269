"""The policies of the education pages: what readers see of them, and what the editors' process sees of accounts."""

# Education pages: readers see what is published, and nothing of a draft.
_PAGE = "(EXISTS ( SELECT FROM wagtailcore_page page WHERE (({key}) AND page.live)))"
LEARN_POLICIES = {
    ("wagtailcore_page", "web_read", "SELECT"): "live",
    ("wagtailsearch_indexentry", "web_read", "SELECT"): _PAGE.format(
        key="((page.id)::text = (wagtailsearch_indexentry.object_id)::text)"
    )
    .replace("(((page", "((page")
    .replace("::text)) AND", "::text) AND"),
    **{
        (f"education_{table}", "web_read", "SELECT"): _PAGE.format(key=f"page.id = education_{table}.{key}")
        for table, key in (("learnhub", "page_ptr_id"), ("learnpage", "page_ptr_id"), ("pagereview", "page_id"))
    },
}
# The editors' process: their pages, and the accounts of their own kind.
CMS_POLICIES = {
    ("accounts_user", "cms_read"), ("accounts_user", "cms_change"), ("accounts_user_groups", "cms_read"),
    ("wagtailcore_page", "cms"), ("wagtailsearch_indexentry", "cms"), ("education_learnhub", "cms"), ("education_learnpage", "cms"),
    ("education_pagereview", "cms"),
}  # fmt: skip
