"""A phone that makes and uses passkeys, in plain Python: what a browser and its device would send."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

HERE, SITE = "http://testserver", "testserver"
FLAG = AuthenticatorData.FLAG


@dataclass
class Device:
    """Holds one passkey. ``origin`` and ``site`` are what its browser shows; ``verifies``: it asks for fingerprint, face or PIN."""

    origin: str = HERE
    site: str = SITE
    verifies: bool = True
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""

    def make(self, options: dict[str, Any]) -> str:
        """A passkey for the account of ``options``, as a page would send it."""
        self.handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        kept = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(self._site_hash, self._flags | FLAG.AT, 0, kept)
        return self._said(
            clientDataJSON=self._client("webauthn.create", options["challenge"]),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def sign(self, options: dict[str, Any]) -> str:
        """Prove that it has the passkey, as a page would send it."""
        data = AuthenticatorData.create(self._site_hash, self._flags, 1)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=websafe_decode(self.handle)
        )

    @property
    def _site_hash(self) -> bytes:
        return hashlib.sha256(self.site.encode()).digest()

    @property
    def _flags(self) -> Any:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _client(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _said(self, **parts: bytes) -> str:
        key = websafe_encode(self.id)
        response = {name: websafe_encode(bytes(value)) for name, value in parts.items()}
        return json.dumps(
            {"id": key, "rawId": key, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
