// One message of the log, as the bot or its owner wrote it.

import { element, tableElement, wordsElement } from "./page.js";

export function messageElement(message, onPress) {
  const made = element("article", `message ${message.author} tone-${message.tone}`);
  made.dataset.id = message.id;
  made.append(bubble(message));
  if (message.buttons.length) made.append(buttons(message, onPress));
  made.append(element("time", "", message.clock));
  if (message.answering) made.append(working());
  return made;
}

function bubble(message) {
  const made = element("div", "bubble");
  if (message.text) made.append(wordsElement(message.text, message.author === "purser" && hasMore(message)));
  if (message.card) made.append(element("pre", "card", message.card));
  for (const table of message.tables) made.append(sheet(table));
  for (const picture of message.pictures) made.append(figure(picture));
  for (const file of message.files) made.append(attachment(file));
  return made;
}

function hasMore(message) {
  return message.text.includes("\n") || message.card || hasAttached(message);
}

function hasAttached(message) {
  return message.tables.length > 0 || message.pictures.length > 0 || message.files.length > 0;
}

function sheet(table) {
  const made = element("div", "sheet");
  made.append(tableElement(table));
  return made;
}

function figure(picture) {
  const made = element("figure");
  if (picture.url) made.append(linked(picture));
  else made.append(element("p", "gone", "This picture is no longer kept."));
  if (picture.caption) made.append(element("figcaption", "", picture.caption));
  return made;
}

function attachment(file) {
  if (!file.url) return element("p", "gone", `${file.name} is no longer kept. Ask for it again.`);
  const link = element("a", "file", file.name);
  link.href = file.url;
  link.download = file.name;
  return link;
}

function linked(picture) {
  const link = element("a");
  link.href = picture.url;
  link.target = "_blank";
  link.rel = "noopener";
  const image = element("img");
  image.src = picture.url;
  image.alt = picture.caption;
  link.append(image);
  return link;
}

function buttons(message, onPress) {
  const made = element("div", "buttons");
  for (const button of message.buttons) {
    const one = element("button", button.style, button.label);
    one.type = "button";
    one.addEventListener("click", () => onPress(button.id, message.id, made));
    made.append(one);
  }
  return made;
}

function working() {
  const made = element("div", "working");
  made.setAttribute("aria-label", "Working");
  made.append(element("i"), element("i"), element("i"));
  return made;
}
