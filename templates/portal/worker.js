{% load static %}// Keeps two pages that hold nothing of a patient, and what they are drawn with. Everything else comes from the network.
"use strict";

const KEPT = [{% for one in kept %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const HELP = "{{ help|escapejs }}";
const OFFLINE = "{{ offline|escapejs }}";
const SHELF = `kept ${KEPT.join(" ")}`;

self.addEventListener("install", (event) => {
  // Without cookies: what is kept is what anybody may see.
  const asked = KEPT.map((path) => new Request(path, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(path === HELP ? HELP : OFFLINE)));
  } else if (KEPT.includes(path) && path !== HELP && path !== OFFLINE) {
    event.respondWith(fetch(request).catch(() => caches.match(path)));
  }
});
