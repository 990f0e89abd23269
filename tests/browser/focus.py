"""Where the focus is, what lies on top of it, and whether its ring can be seen."""

# At the middle of the focused element and at its first corner; null when nothing on the page has the focus.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getClientRects()[0];
  const ringed = (drawn) => {
    const style = getComputedStyle(drawn);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
  };
  const what = `${one.tagName.toLowerCase()} "${(one.innerText || one.name || "").trim().slice(0, 40)}"`;
  if (!box) return { what, covered: "nothing of it is drawn", ring: true };
  const own = (hit) => hit && (one.contains(hit) || hit.contains(one) || [...(one.labels || [])].some((label) => label.contains(hit)));
  const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const points = [[box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2], [box.left + 3, box.top + 3]];
  const hits = points.filter(([x, y]) => inside(x, y)).map(([x, y]) => document.elementFromPoint(x, y));
  const seen = hits.some(own);
  const cover = hits.find((hit) => !own(hit));
  return {
    what,
    covered: seen ? "" : hits.length ? `${cover?.tagName} ${cover?.className}` : "out of the window",
    ring: [one, ...(one.labels || [])].some(ringed),  // a box that is not drawn has its ring around its label
  };
}"""
