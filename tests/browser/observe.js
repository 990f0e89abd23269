// What can be seen on a page, as data. One expression: an async function that takes the options of axe, or null.
async (axeOptions) => {
  const visible = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getClientRects().length > 0;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const clipped = (one) => !!one.closest(".visually-hidden, .skip-link");
  const named = (one) => {
    const classes = typeof one.className === "string" ? one.className : "";
    const text = (one.innerText || one.value || one.name || "").trim().replace(/\s+/g, " ").slice(0, 60);
    return `${one.tagName.toLowerCase()}${classes ? "." + classes.trim().replace(/\s+/g, ".") : ""} "${text}"`;
  };
  const words = (one) => one.textContent.trim().replace(/\s+/g, " ");

  function inline(link) {
    if (link.tagName !== "A" || getComputedStyle(link).display !== "inline") return false;
    let around = link.parentElement;
    while (getComputedStyle(around).display === "inline") around = around.parentElement;
    return words(around).length > words(link).length;
  }
  function target(one) {
    const box = one.getBoundingClientRect();
    const found = { left: box.left, top: box.top, right: box.right, bottom: box.bottom };
    const boxes = [...(one.labels || [])].filter(() => ["radio", "checkbox"].includes(one.type)).map((label) => label.getBoundingClientRect());
    for (const more of boxes) {
      found.left = Math.min(found.left, more.left);
      found.top = Math.min(found.top, more.top);
      found.right = Math.max(found.right, more.right);
      found.bottom = Math.max(found.bottom, more.bottom);
    }
    return { width: found.right - found.left, height: found.bottom - found.top };
  }

  const main = document.querySelector("main");
  const shown = document.body.innerText;
  const scroller = document.scrollingElement;
  const skip = document.querySelector("body a")?.getAttribute("href") ?? "";
  const report = {
    title: document.title,
    lang: document.documentElement.lang,
    h1: all("h1").map(words),
    mains: all("main").length,
    primary: all(".button--primary").filter(visible).map(named),
    skip: skip.startsWith("#") && document.getElementById(skip.slice(1)) ? skip : `${skip} (nothing)`,
    violations: window.violations,
    overflow: scroller.scrollWidth - scroller.clientWidth,
    wider: [],
    htmx: document.querySelector("meta[name=htmx-config]")?.content ?? "",
    scripts: all("script").map((one) => one.getAttribute("src") || "inline"),
    styles: all("[style], style").map(named),
    duplicateIds: all("[id]").map((one) => one.id).filter((id, index, ids) => ids.indexOf(id) !== index),
  };
  if (report.overflow > 0) {
    report.wider = all("body *").filter((one) => visible(one) && !clipped(one) && one.getBoundingClientRect().right > scroller.clientWidth + 0.5).map(named).slice(-5);
  }
  const least = document.body.classList.contains("for-patients") ? 47.9 : 31.9;
  report.small = all("a[href], button, input:not([type=hidden]), select, textarea, summary")
    .filter((one) => visible(one) && !clipped(one) && !inline(one))
    .map((one) => ({ what: named(one), ...target(one) }))
    .filter((one) => one.width < least || one.height < least)
    .map((one) => `${one.what} ${Math.round(one.width)}x${Math.round(one.height)}`);

  const lines = (one) => new Set([...one.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top))).size;
  report.broken = all(".dose, .date, .time").filter((one) => visible(one) && !clipped(one) && lines(one) !== 1).map(named);
  report.cutDrugs = all(".drug").filter(visible).filter((one) => {
    const style = getComputedStyle(one);
    return one.scrollWidth > one.clientWidth + 1 && style.display !== "inline" || style.textOverflow !== "clip" || style.webkitLineClamp !== "none";
  }).map(named);
  report.dates = all(".date").map(words);
  report.times = all(".time").map(words);
  report.slashed = shown.match(/\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/g) || [];

  report.emptyCells = all("td, th").filter((one) => words(one) === "" && !one.querySelector("input, button, svg")).map((one) => named(one.closest("tr")));
  report.noCaption = all("table").filter((one) => !one.caption || words(one.caption) === "").map(named);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  report.nothings = [];
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    if (/^(None|nan|null|undefined)$/i.test(text) && !/^(script|style)$/i.test(texts.currentNode.parentElement.tagName)) report.nothings.push(named(texts.currentNode.parentElement));
  }
  report.leaks = shown.match(/\{\{|\{%|datetime\.|Decimal\(/g) || [];

  report.numberInputs = all("input[type=number]").map(named);
  report.stars = all("label, legend").filter((one) => words(one).includes("*")).map(named);
  report.hintsAfter = all("input, select, textarea").flatMap((one) =>
    (one.getAttribute("aria-describedby") || "").split(" ").filter(Boolean).map((id) => document.getElementById(id))
      .filter((hint) => hint && one.compareDocumentPosition(hint) & Node.DOCUMENT_POSITION_FOLLOWING).map(() => named(one)));
  report.lostDescriptions = all("[aria-describedby], [aria-labelledby]").flatMap((one) =>
    `${one.getAttribute("aria-describedby") || ""} ${one.getAttribute("aria-labelledby") || ""}`.split(" ").filter((id) => id && !document.getElementById(id)).map((id) => `${named(one)} -> #${id}`));
  report.doseModes = all("[name=dose], [name$=_dose], [name=decision-typed_total]").filter((one) => one.type !== "text" || one.hasAttribute("inputmode")).map(named);
  report.wholeModes = all("[name$=_day], [name$=_month], [name$=_year]").filter((one) => one.type !== "hidden" && !one.name.endsWith("last_day") && one.inputMode !== "numeric").map(named);

  report.severities = all(".severity:not(.severity--plain)").map(words);
  report.priority = shown.match(/\b(High|Medium|Low|Critical|Urgent) (priority|severity|risk)\b/gi) || [];
  report.banners = all(".patient-banner").map((one) => words(one));
  report.bannerImages = all(".patient-banner img, .patient-banner svg, .patient-banner picture").length;
  report.bannerFirst = !main || all(".patient-banner").every((one) => one.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING);

  const charts = all("svg[data-chart-svg]");
  report.unnamedCharts = charts.filter((one) => one.getAttribute("role") !== "img" || !words(one.querySelector("title") || one).length || !words(one.querySelector("desc") || one).length).length;
  report.chartFaults = charts.filter(visible).flatMap((svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const labels = all("text", svg).filter((one) => words(one)).map((one) => ({ one, box: one.getBBox(), text: words(one) }));
    const faults = labels.filter(({ one }) => parseFloat(getComputedStyle(one).fontSize) * scale < 11.99).map(({ text, one }) => `small text ${(parseFloat(getComputedStyle(one).fontSize) * scale).toFixed(1)}px: ${text}`);
    const gap = 0.5;
    labels.forEach((a, index) => labels.slice(index + 1).forEach((b) => {
      const apart = a.box.x + a.box.width <= b.box.x + gap || b.box.x + b.box.width <= a.box.x + gap || a.box.y + a.box.height <= b.box.y + gap + 2 || b.box.y + b.box.height <= a.box.y + gap + 2;
      if (!apart) faults.push(`texts overlap: ${a.text} / ${b.text}`);
    }));
    const frame = svg.getBoundingClientRect();
    if (frame.left < -0.5 || frame.right > document.documentElement.clientWidth + 0.5) faults.push("the drawing is wider than the page");
    const view = svg.viewBox.baseVal;
    labels.filter(({ box }) => box.x < view.x - 0.5 || box.x + box.width > view.x + view.width + 0.5).forEach(({ text }) => faults.push(`text outside the drawing: ${text}`));
    if (!labels.some(({ text }) => text === "Today")) faults.push("no Today in words");
    return faults;
  });

  report.slopes = charts.flatMap((svg) => all("path.chart-dose", svg).map((one) => one.getAttribute("d")).filter((d) => !/^M[\d.]+,[\d.]+([HV][\d.]+)*$/.test(d)));
  report.svgFaults = charts.flatMap((svg) => [
    ...all("[style], style, script, image, use, foreignObject", svg).map((one) => `${one.tagName} in the drawing`),
    ...[...svg.outerHTML.matchAll(/(?:href|src|url)\s*[=(]\s*["']?(https?:)?\/\/[^"')\s]*/gi)].map(([address]) => address),
  ]);
  report.flatMarks = charts.flatMap((svg) => all("path, rect", svg).filter((one) => !/chart-(cursor|axis|rule)/.test(one.getAttribute("class") || ""))
    .filter((one) => visible(svg) && one.getBBox().height === 0 && one.getBBox().width === 0).map((one) => `nothing is drawn by ${one.getAttribute("class")}`));
  report.mixedSeries = charts.flatMap((svg) => all("path.chart-egfr", svg).map((one) => one.getAttribute("class"))).filter((one) => !/^chart-egfr chart-egfr-\w+$/.test(one));

  report.axe = [];
  if (axeOptions) {
    const result = await axe.run(document, axeOptions);
    report.axe = result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${(node.any[0] || node.all[0] || node.none[0] || {}).message || rule.help}`));
  }
  return report;
}
