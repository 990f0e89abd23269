"""What whoever is signed in, or whose device named a passkey, may do with passkeys, as PostgreSQL writes it."""

TABLE = "mfa_authenticator"
OWN = "(user_id = (NULLIF(current_setting('app.actor'::text, true), ''::text))::uuid)"
NAMED = "(((data -> 'credential'::text) ->> 'id'::text) = NULLIF(current_setting('app.passkey'::text, true), ''::text))"

PASSKEY_POLICIES = {
    (TABLE, "web_read", "SELECT"): OWN,
    (TABLE, "by_passkey", "SELECT"): NAMED,
    (TABLE, "web_add", "INSERT"): OWN,
    (TABLE, "web_change", "UPDATE"): OWN,
    (TABLE, "web_remove", "DELETE"): OWN,
}
