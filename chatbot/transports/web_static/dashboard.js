// The dashboard: the figures of now, the curve beside BTC and ETH, holdings, trades and what waits.

import { drawCurve } from "./chart.js";
import { direction, element, getJson, showHeader, tableElement, whileSeen, wordsElement } from "./page.js";

const byId = (id) => document.getElementById(id);
let words = "";
let curve = null;

function show(view) {
  showHeader(view.header);
  byId("alerts").replaceChildren(...view.alerts.map((alert) => element("p", "panel alert", alert)));
  byId("alerts").hidden = view.alerts.length === 0;
  byId("figures").replaceChildren(...view.figures.map(figure));
  byId("pending").replaceChildren(...view.pending.map(card));
  byId("pending").hidden = view.pending.length === 0;
  sheet(byId("holdings"), view.holdings, "Nothing is held. All is cash.");
  sheet(byId("trades"), view.trades, "No trades yet.");
  const shown = view.trades.rows.length;
  byId("trades-title").textContent = shown < view.trades_total ? `Newest ${shown} of ${view.trades_total} trades` : "Trades";
}

function figure(given) {
  const made = element("div", "figure");
  made.append(
    element("span", "label", given.label),
    element("strong", direction(given.sign), given.value),
    element("span", "note", given.note),
  );
  return made;
}

function card(given) {
  const made = element("article", "panel waiting");
  const link = element("a", "open", "Decide in the chat");
  link.href = "/";
  made.append(
    wordsElement(given.text, true),
    element("pre", "card", given.card),
    element("p", "note", given.left),
    link,
  );
  return made;
}

function sheet(place, table, none) {
  place.replaceChildren(table.rows.length ? tableElement(table) : element("p", "note", none));
}

function showCurve() {
  byId("chart").hidden = !curve;
  if (!curve) {
    byId("readout").textContent = "The curve appears after its first two points.";
    return;
  }
  byId("finding").textContent = curve.title;
  sheet(byId("measures"), curve.table, "");
  drawCurve(byId("chart"), curve, (text) => { byId("readout").textContent = text || curve.note; });
}

async function loadCurve() {
  curve = await getJson(`/api/performance?window=${encodeURIComponent(words)}`);
  if (!byId("chart").matches(":hover, :focus")) showCurve();
}

for (const button of byId("windows").children) {
  button.addEventListener("click", async () => {
    words = button.dataset.window;
    for (const other of byId("windows").children) other.setAttribute("aria-pressed", other === button);
    await loadCurve();
    showCurve();
  });
}

new ResizeObserver(() => { if (curve) showCurve(); }).observe(byId("chart"));
whileSeen(3, async () => {
  show(await getJson("/api/dashboard"));
  await loadCurve();
});
