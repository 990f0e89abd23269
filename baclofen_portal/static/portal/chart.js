// The date line of the step chart: moves by date with the keyboard or a tap. Everything it says is in the tables too.
"use strict";

function startDateLine(chart) {
  const line = chart.querySelector("[data-chart-dateline]");
  if (!line) return;
  const now = line.querySelector("[data-chart-now]");
  const stops = Array.from(chart.querySelectorAll(".chart-events > li"));
  let current = stops.findIndex((stop) => "today" in stop.dataset);

  line.tabIndex = 0;
  line.setAttribute("role", "application");
  line.setAttribute("aria-label", "Date line of the chart");
  now.setAttribute("aria-live", "polite");
  now.setAttribute("aria-atomic", "true");
  const hint = line.querySelector("[data-chart-hint]");
  hint.hidden = false;
  hint.id = `${chart.id}-hint`;
  line.setAttribute("aria-describedby", hint.id);

  const shown = () => Array.from(chart.querySelectorAll("[data-chart-drawing]")).find((d) => d.getClientRects().length);
  const inView = () => {
    const name = shown()?.dataset.chartDrawing;
    return stops.map((_, index) => index).filter((index) => name && stops[index].dataset[name] !== "");
  };

  function go(index) {
    current = index;
    now.replaceChildren(...stops[index].cloneNode(true).childNodes);
    for (const drawing of chart.querySelectorAll("[data-chart-drawing]")) {
      const x = stops[index].dataset[drawing.dataset.chartDrawing];
      const cursor = drawing.querySelector("[data-chart-cursor]");
      cursor.classList.toggle("is-on", x !== "");
      cursor.setAttribute("x1", x || "0");
      cursor.setAttribute("x2", x || "0");
    }
  }

  line.addEventListener("keydown", (event) => {
    const indexes = inView();
    const next = {
      ArrowLeft: indexes.filter((index) => index < current).at(-1),
      ArrowRight: indexes.find((index) => index > current),
      Home: indexes[0],
      End: indexes.at(-1),
    };
    if (!(event.key in next) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (next[event.key] !== undefined) go(next[event.key]);
  });

  for (const svg of chart.querySelectorAll("[data-chart-svg]")) {
    svg.addEventListener("click", (event) => {
      const frame = svg.getBoundingClientRect();
      const x = ((event.clientX - frame.left) / frame.width) * svg.viewBox.baseVal.width;
      const away = (index) => Math.abs(Number(stops[index].dataset[shown().dataset.chartDrawing]) - x);
      const [nearest] = inView().sort((a, b) => away(a) - away(b));
      if (nearest !== undefined) go(nearest);
    });
  }

  // Browsers that cannot open the tables for print by style sheet.
  const tables = chart.querySelector(".chart-tables");
  let wasOpen = false;
  window.addEventListener("beforeprint", () => { wasOpen = tables.open; tables.open = true; });
  window.addEventListener("afterprint", () => { tables.open = wasOpen; });
}

document.querySelectorAll("[data-chart]").forEach(startDateLine);
