// The chat page: the log, the input box and the buttons under messages.

import { follow } from "./feed.js";
import { offerHints } from "./hints.js";
import { messageElement } from "./message.js";
import { getJson, postJson, showHeader, whileSeen } from "./page.js";

const KEPT = 500;
const byId = (id) => document.getElementById(id);
const [log, scroll, input] = [byId("log"), byId("scroll"), byId("text")];
const title = document.title;
const sent = [];
let unseen = 0;
let recalled = 0;

function show(changes, isNewFeed) {
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  if (isNewFeed) log.replaceChildren();
  const before = log.childElementCount;
  changes.messages.forEach(place);
  thinTimes();
  while (log.childElementCount > KEPT) log.firstElementChild.remove();
  byId("empty").hidden = log.childElementCount > 0;
  const ownWords = changes.messages.some((message) => message.author === "owner");
  if (atEnd || ownWords) toEnd();
  else if (log.childElementCount > before) byId("newest").hidden = false;
  if (document.hidden) countUnseen(log.childElementCount - before);
}

function place(message) {
  const made = messageElement(message, press);
  for (const image of made.querySelectorAll("img")) image.addEventListener("load", keepAtEnd);
  const old = [...log.children].find((child) => child.dataset.id === message.id);
  if (old) old.replaceWith(made);
  else log.append(made);
}

// Of neighbours with the same time only the last one tells it.
function thinTimes() {
  const times = [...log.querySelectorAll("time")];
  times.forEach((time, i) => { time.hidden = time.textContent === times[i + 1]?.textContent; });
}

let pinned = true;
scroll.addEventListener("scroll", () => {
  pinned = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  if (pinned) byId("newest").hidden = true;
});

function keepAtEnd() {
  if (pinned) toEnd();
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  pinned = true;
  byId("newest").hidden = true;
}

function countUnseen(count) {
  unseen += Math.max(count, 0);
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

async function press(buttonId, messageId, buttons) {
  for (const button of buttons.children) button.disabled = true;
  try {
    toast((await postJson("/api/press", { id: buttonId, message: messageId })).toast);
  } catch (error) {
    toast(`Not pressed: ${sentence(error)}`);
  }
  for (const button of buttons.children) button.disabled = false;
}

let toastTimer = 0;
function toast(text) {
  byId("toast").textContent = text;
  byId("toast").hidden = !text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, 4000);
}

async function say(text) {
  if (!text.trim()) return;
  input.value = "";
  byId("hints").hidden = true;
  sent.push(text);
  recalled = sent.length;
  try {
    await postJson("/api/message", { text });
  } catch (error) {
    input.value = input.value || text;
    toast(`Not sent: ${sentence(error)}`);
  }
}

function sentence(error) {
  return error instanceof TypeError ? "Purser does not answer." : error.message;
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  say(input.value);
});
byId("newest").addEventListener("click", toEnd);
for (const button of document.querySelectorAll(".suggestions button")) {
  button.addEventListener("click", () => say(button.dataset.text));
}
input.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !["ArrowUp", "ArrowDown"].includes(event.key) || sent.length === 0) return;
  recalled = Math.min(Math.max(recalled + (event.key === "ArrowUp" ? -1 : 1), 0), sent.length);
  input.value = sent[recalled] ?? "";
  event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  unseen = 0;
  countUnseen(0);
});

whileSeen(2, async () => showHeader((await getJson("/api/status")).header));
const start = follow(show);
const [commands, first] = await Promise.all([getJson("/api/commands"), getJson("/api/feed?after=0")]);
offerHints(input, byId("hints"), commands);
show(first, false);
start(first);
