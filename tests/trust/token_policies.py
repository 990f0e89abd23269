"""What whoever opened a link may do, as PostgreSQL writes it: one policy for each table and kind of statement."""

ACTOR = "(NULLIF(current_setting('app.actor'::text, true), ''::text))::uuid"
PROVED = "encode(sha256(convert_to(current_setting('app.token'::text, true), 'UTF8'::name)), 'hex'::text)"
OPENED = f"((token_hash)::text = {PROVED})"
# A link that is good, from the side of another table.
GOOD = (
    f"((i.token_hash)::text = {PROVED}) AND (i.claimed_at IS NULL) AND (i.ended_at IS NULL) AND (i.expires_at > now()) "
    "AND (i.tries < 5)"
)
SHARE, AUDIT = (
    f"(patient_id IN ( SELECT access.patients('{right}'::text) AS patients))" for right in ("share", "audit")
)
RIGHTS = (
    "CASE i.scope WHEN 'view'::text THEN ARRAY['read'::text] WHEN 'log'::text THEN ARRAY['read'::text, 'tell'::text] "
    "ELSE ARRAY['read'::text, 'tell'::text, 'audit'::text] END"
)

TOKEN_POLICIES = {
    ("titration_invitation", "by_token", "SELECT"): (
        f"({OPENED} AND (ended_at IS NULL) AND (expires_at > now()) AND ((claimed_at IS NULL) OR (claimed_by_id = {ACTOR})))"
    ),
    ("titration_invitation", "used_by_token", "UPDATE"): (
        f"({OPENED} AND (ended_at IS NULL) AND (expires_at > now()) AND (claimed_at IS NULL))"
        f"({OPENED} AND (ended_at IS NULL))"
    ),
    ("accounts_user", "by_token", "INSERT"): (
        f"((id = {ACTOR}) AND ((role)::text = 'patient'::text) AND (EXISTS ( SELECT FROM titration_invitation i "
        f"WHERE ({GOOD}))))"
    ),
    ("titration_carerelation", "by_token", "INSERT"): (
        f"((person_id = {ACTOR}) AND (valid_to IS NULL) AND (EXISTS ( SELECT FROM titration_invitation i "
        f"WHERE ({GOOD} AND (i.patient_id = titration_carerelation.patient_id) "
        "AND ((i.kind)::text = (titration_carerelation.kind)::text) "
        "AND (i.created_by_id = titration_carerelation.granted_by_id) "
        f"AND ((titration_carerelation.rights)::text[] = {RIGHTS})))) AND (NOT (EXISTS ( SELECT FROM accounts_user u "
        "WHERE ((u.id = titration_carerelation.person_id) AND ((u.role)::text <> 'patient'::text))))))"
    ),
    # Beside it stands a trigger, ended_by_right.
    ("titration_carerelation", "web_change", "UPDATE"): (
        f"((((kind)::text = 'self'::text) OR ((kind)::text = 'proxy'::text)) AND ({SHARE} OR {AUDIT}))"
    ),
}
