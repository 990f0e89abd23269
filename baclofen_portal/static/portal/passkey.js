// Passkeys. Every page works without this file, by password: what it would need is hidden until it is here.
(() => {
  "use strict";

  // Browsers give no passkeys to a page without encryption, nor to an address that is a number.
  const can = window.isSecureContext && window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname);
  if (!can) return;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0));
  };
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (form) => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  };

  const get = async (form) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(form.dataset.ask, {
      method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token }), redirect: "error",
    });
    if (!answer.ok) throw new Error("busy");
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    options.allowCredentials = named(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const written = (passkey) => {
    const said = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (passkey.response[part]) said[part] = text(passkey.response[part]);
    }
    const id = text(passkey.rawId);
    return JSON.stringify({ id, rawId: id, type: passkey.type, response: said, clientExtensionResults: {} });
  };

  const why = (error) => {
    if (error.name === "InvalidStateError") return "This device has a passkey for you already.";
    return "Nothing was done. Try again, or use another way.";
  };

  const ways = { create, get };
  const wire = (form) => {
    form.hidden = false;
    const said = form.querySelector("[data-passkey-said]");
    let busy = false;
    form.addEventListener("submit", async (event) => {
      if (event.submitter?.value === "back") return;
      event.preventDefault();
      if (busy) return;
      busy = true;
      said.textContent = "";
      try {
        form.elements.answer.value = written(await ways[form.dataset.passkey](form));
        form.submit();
      } catch (error) {
        busy = false;
        said.textContent = why(error);
      }
    });
  };

  document.querySelectorAll("form[data-passkey=get]").forEach(wire);

  const makers = document.querySelectorAll("form[data-passkey=create], [data-passkey-offer]");
  if (!makers.length) return;
  PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then((ready) => {
    if (!ready) return;
    document.querySelectorAll("form[data-passkey=create]").forEach(wire);
    document.querySelectorAll("[data-passkey-missing]").forEach((one) => { one.hidden = true; });
    document.querySelectorAll("[data-passkey-offer]").forEach((offer) => {
      offer.hidden = false;
      offer.querySelector("[data-passkey-way]").addEventListener("click", (event) => {
        const form = event.target.form;
        const way = Object.assign(document.createElement("input"), { type: "hidden", name: "way", value: "passkey" });
        form.append(way);
        form.submit();
      });
    });
  });
})();
