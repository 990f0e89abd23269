// The app on a phone: keeps Help for when there is no network. Every page works without this file.
(() => {
  "use strict";

  const path = document.querySelector("link[rel=manifest]")?.dataset.worker;
  if (path && "serviceWorker" in navigator) navigator.serviceWorker.register(path, { scope: "/" }).catch(() => {});

  // A page with doses that is open asks every minute whether it is still there, and loads itself anew.
  const lost = document.querySelector("[data-renews-not]");
  const renew = () =>
    document.visibilityState === "visible" && fetch(window.location.href, { method: "HEAD", cache: "no-store" }).then(
      () => window.location.reload(),
      () => { lost.hidden = false; },
    );
  if (document.querySelector("[data-renews]")) window.setInterval(renew, 55000);
})();
