// Today on an open page: says when a tap was not saved, when contact is lost, and when one is signed out.
// Every page works without this file: a tap is an ordinary form then.
(() => {
  "use strict";

  const REPLY_WITHIN_MS = 10000;
  const byId = (id) => document.getElementById(id);
  const lost = byId("lost-contact");
  const signedOut = byId("signed-out");
  const today = () => byId("today");

  const show = (element, shown) => {
    if (element && element.hidden === shown) element.hidden = !shown;
  };

  // Who sent the request that an event is about: some events name the place of the answer instead.
  const asker = (event) => event.detail.requestConfig?.elt ?? event.detail.elt;
  const deadlines = new WeakMap();

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const element = asker(event);
    if (element.matches("[data-tick]")) show(element.parentElement.querySelector("[data-not-saved]"), false);
    deadlines.set(element, window.setTimeout(() => {
      failed(event);
      element.dispatchEvent(new CustomEvent("htmx:abort"));
    }, REPLY_WITHIN_MS));
  });
  document.body.addEventListener("htmx:afterRequest", (event) => window.clearTimeout(deadlines.get(asker(event))));

  // What is not a page of today must never look like one.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 204) return;
    if (xhr.status === 200 && event.detail.serverResponse.includes("data-today")) return;
    event.detail.shouldSwap = false;
    failed(event);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) show(lost, false);
  });
  for (const broken of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:swapError"]) {
    document.body.addEventListener(broken, failed);
  }

  function failed(event) {
    const status = event.detail.xhr?.status;
    if ([401, 403, 404].includes(status) && asker(event) === today()) {
      today().remove();  // with it, the asking ends
      if (status !== 401) document.querySelector(".patient-banner")?.remove();
      show(lost, false);
      show(status === 401 ? signedOut : byId("ended"), true);
      return;
    }
    const form = asker(event)?.closest?.("[data-tick]");
    if (!form) return show(lost, true);
    const panel = form.parentElement.querySelector("[data-not-saved]");
    show(panel, true);
    form.querySelector("button").focus();
  }
})();
