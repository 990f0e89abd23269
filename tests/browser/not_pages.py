"""URL names that no page comes from, and those that take a form."""

from baclofen_portal.access import ACCESS

# What no page comes from: the answer is data, a fragment of a page that is here, or a redirect to one.
NOT_PAGES = {
    "ledger_file": "a file of comma-separated values",
    "plans:sheet_file": "the PDF of plans:sheet",
    "plans:card_file": "the PDF of plans:card",
    "health:live": "JSON for the machine that watches the process",
    "health:ready": "JSON for the machine that watches the process",
    "steps:live": "the fragment inside steps:add, seen in its states full and check down",
    "flags:assign": "redirects to the page that it was sent from",
    "flags:call": "redirects to the flag; a call without words is accepted",
    "doses:silence_end": "redirects to the doses",
    "doses:issue_withdraw": "redirects to the doses",
    "passkey_sign_in": "redirects inside, or shows account_login with what it has to say",
    "passkey_start": "JSON for the script of account_login",
    "app:manifest": "JSON for the browser",
    "app:worker": "a script",
    "learn:picture": "the file of a picture of learn:page",
    "own:sheet_file": "a PDF file",
    "own:card_file": "a PDF file",
    "own:fresh": "the fragment inside own:today, or nothing",
    "own:tick": "redirects to own:today, or shows it with what it has to say",
    "flags:act": "redirects to the flag, or shows it with the error",
    **dict.fromkeys(("flags:acknowledge", "flags:snooze", "flags:close_check"), "redirects to the flag"),
}

# What only a script can send: browsers give passkeys to nothing else. tests/browser/test_passkeys.py sends them.
OF_SCRIPTS = {"steps:live", "passkey_start", "passkey_sign_in", "ways_add"}
# Every name that takes a form, as the registry says.
ACTED = {name for name, rule in ACCESS.items() if "POST" in rule.allowed and not rule.closed} - OF_SCRIPTS
