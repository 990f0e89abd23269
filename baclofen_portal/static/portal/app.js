// The app on a phone: keeps Help for when there is no network. Every page works without this file.
(() => {
  "use strict";

  const path = document.querySelector("link[rel=manifest]")?.dataset.worker;
  if (path && "serviceWorker" in navigator) navigator.serviceWorker.register(path, { scope: "/" }).catch(() => {});
})();
