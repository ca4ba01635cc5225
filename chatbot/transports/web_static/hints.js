// Commands that begin with what stands in the input box; arrows choose, Tab or Enter takes.

import { element } from "./page.js";

export function offerHints(input, list, commands) {
  let chosen = -1;

  function show() {
    const typed = input.value;
    const fitting = typed.startsWith("/") && !typed.includes(" ")
      ? commands.filter((command) => command.name.startsWith(typed.toLowerCase()) && command.name !== typed)
      : [];
    list.replaceChildren(...fitting.map(item));
    list.hidden = fitting.length === 0;
    choose(-1);
  }

  function item(command) {
    const made = element("li");
    made.setAttribute("role", "option");
    made.append(element("b", "", command.name), element("span", "", command.summary));
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      take(command.name);
    });
    return made;
  }

  function choose(place) {
    chosen = place;
    [...list.children].forEach((made, i) => made.setAttribute("aria-selected", i === chosen));
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    input.value = `${name} `;
    list.hidden = true;
    input.focus();
  }

  input.addEventListener("input", show);
  input.addEventListener("blur", () => { list.hidden = true; });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (list.hidden || count === 0) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose((chosen + count - (chosen < 0 ? 0 : 1)) % count);
    else if (event.key === "Escape") list.hidden = true;
    else if (event.key === "Tab") take(list.children[Math.max(chosen, 0)].firstChild.textContent);
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen].firstChild.textContent);
    else return;
    event.preventDefault();
  });
  // The commands may have come after the first letters.
  if (document.activeElement === input) show();
}
