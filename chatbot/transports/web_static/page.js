// What both pages share: asking the bot, building elements from text, and the header that tells the world we are in.

export async function getJson(url) {
  return answered(await fetch(url, { headers: { accept: "application/json" } }));
}

export async function postJson(url, body) {
  return answered(await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }));
}

async function answered(response) {
  if (response.status === 401) throw new Error("Signed out. Open the link that Purser printed in its terminal.");
  const content = await response.json();
  if (!response.ok) throw new Error(content.error);
  return content;
}

// Text reaches the page only here and as textContent: nothing a message holds is ever read as markup.
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// The first line carries the answer; it stands out where more follows. A figure keeps its unit on its line.
export function wordsElement(text, standsOut) {
  const [first, ...rest] = text.replace(/(\d) (%|pts)/g, "$1\u00a0$2").split("\n");
  const made = element("p", "text");
  made.append(element(standsOut ? "strong" : "span", "", first));
  if (rest.length) made.append(`\n${rest.join("\n")}`);
  return made;
}

export function tableElement(table) {
  const made = element("table");
  if (table.title) made.append(element("caption", "", table.title));
  made.append(element("thead"), element("tbody"));
  made.tHead.append(rowElement("th", table.columns, table.align));
  for (const row of table.rows) made.tBodies[0].append(rowElement("td", row, table.align, table.columns));
  return made;
}

function rowElement(tag, cells, align, columns = cells) {
  const row = element("tr");
  cells.forEach((cell, i) => {
    const made = element(tag, align[i] === ">" ? "number" : "", cell);
    made.dataset.column = columns[i];
    if (/^[+\u2212]/.test(cell) && tag === "td") made.classList.add(cell[0] === "+" ? "up" : "down");
    row.append(made);
  });
  return row;
}

const byId = (id) => document.getElementById(id);

export function trouble(sentence) {
  byId("trouble").textContent = sentence;
  byId("trouble").hidden = !sentence;
}

export function showHeader(header) {
  byId("clock").textContent = header.clock;
  byId("equity").textContent = header.equity;
  byId("change").textContent = header.change;
  byId("change").className = `change ${direction(header.sign)}`;
  byId("state").textContent = header.state;
  byId("state").className = `state ${header.state.toLowerCase()}`;
  byId("state").title = [header.reason, header.prices].filter(Boolean).join(" · ");
}

export function direction(sign) {
  return sign > 0 ? "up" : sign < 0 ? "down" : "";
}

// Runs `work` now, every `seconds` while the tab is seen, and at once when it is seen again.
export function whileSeen(seconds, work) {
  let timer = 0;
  const turn = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      await work();
      trouble("");
    } catch (error) {
      trouble(error instanceof TypeError ? "Purser does not answer. Trying again." : error.message);
    }
    timer = setTimeout(turn, seconds * 1000);
  };
  document.addEventListener("visibilitychange", turn);
  turn();
}
