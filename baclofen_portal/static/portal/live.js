// The live safety panel: says when a result is old, when the check failed, and speaks only when the findings change.
// htmx sends the form and puts the reply in its place; the server decides, here and again on every save.
(() => {
  "use strict";

  const REPLY_WITHIN_MS = 5000;
  const FAILED = "The safety check is not working. You cannot save.";

  for (const panel of document.querySelectorAll("[data-safety-panel]")) watch(panel);

  function watch(panel) {
    const form = panel.closest("form");
    const slot = panel.querySelector("[data-safety-result-slot]");
    const status = panel.querySelector("[data-safety-status]");
    let key = panel.querySelector("[data-safety-result]")?.dataset.key ?? null;
    let deadline = 0;

    const say = (text) => {
      if (status.textContent !== text) status.textContent = text;
    };
    const show = (state) => {
      panel.dataset.state = state;
      if (state === "failed") {
        key = null;
        say(FAILED);
      }
      if (state !== "checking") window.clearTimeout(deadline);
    };
    const edited = () => {
      show("checking");
      window.clearTimeout(deadline);
      deadline = window.setTimeout(() => show("failed"), REPLY_WITHIN_MS);
    };

    form.addEventListener("input", edited);
    form.addEventListener("change", edited);

    // A sign-in page, or anything else that is not a result, must never look like one.
    slot.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status === 200 && event.detail.serverResponse.includes("data-safety-result")) return;
      event.detail.shouldSwap = false;
      show("failed");
    });
    slot.addEventListener("htmx:afterSwap", () => {
      const result = slot.querySelector("[data-safety-result]");
      if (!result) return show("failed");
      show("fresh");
      if (result.dataset.key !== key) {
        key = result.dataset.key;
        say(result.dataset.spoken);
      }
    });
    for (const broken of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:swapError"]) {
      slot.addEventListener(broken, () => show("failed"));
    }
  }
})();
