"""Raw rows that the constraints of invitations refuse: see refused_rows."""

NEW = {"token_hash": "md5(random()::text) || md5(random()::text)"}
WAITS, USED, ENDED = "claimed_at IS NULL AND ended_at IS NULL", "claimed_at IS NOT NULL", "ended_at IS NOT NULL"
SOMEBODY = "(SELECT id FROM accounts_user LIMIT 1)"

REFUSED_INVITATIONS: dict[str, list[tuple[dict[str, str], str]]] = {
    "invitation_kind_known": [
        (NEW | {"kind": "'team'"}, WAITS),
        (NEW | {"kind": "'self'"}, WAITS),
        (NEW | {"kind": "'self'", "name": "''"}, WAITS),
        (NEW | {"kind": "'self'", "scope": "''"}, WAITS),
        (NEW | {"name": "''"}, WAITS),
        (NEW | {"scope": "'everything'"}, WAITS),
    ],
    "invitation_hash_is_whole": [
        ({"token_hash": "'abc'"}, WAITS),
        ({"token_hash": "upper(t.token_hash)"}, "token_hash ~ '[a-f]'"),
        ({"token_hash": "'abcd-abcd-abcd-abcd-abcd-abcd-abcd'"}, WAITS),
    ],
    "titration_invitation_token_hash_key": [({}, WAITS)],
    "invitation_is_short": [
        (NEW | {"expires_at": "created_at + interval '72 hours 1 second'"}, WAITS),
        (NEW | {"expires_at": "created_at"}, WAITS),
    ],
    "invitation_tries_are_few": [(NEW | {"tries": "6"}, WAITS)],
    "invitation_claimed_in_time": [
        (NEW | {"claimed_at": "expires_at + interval '1 second'"}, USED),
        (NEW | {"tries": "5"}, USED),
        (NEW | {"claimed_at": "created_at", "claimed_by_id": SOMEBODY}, ENDED),
    ],
    "invitation_claimed_at_with_claimed_by": [
        (NEW | {"claimed_at": "created_at"}, WAITS),
        (NEW | {"claimed_by_id": SOMEBODY}, WAITS),
    ],
    "invitation_ended_at_with_ended_by": [
        (NEW | {"ended_at": "created_at"}, WAITS),
        (NEW | {"ended_by_id": SOMEBODY}, WAITS),
    ],
}
