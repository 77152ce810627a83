// What is said aloud: new messages to screen readers, trouble to everybody.

import { byId, el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const TOAST_MS = 8000;
let heard = null;

/** Another person has heard nothing yet. */
export function forgetAnnounced() {
  heard = null;
}

/** Announce the messages that came since the last look at this channel. */
export function announceNew(screen, arrived) {
  const messages = screen.messages ?? [];
  const last = messages.at(-1)?.ts ?? "";
  if (!arrived && heard !== null) {
    const fresh = messages.filter((message) => message.ts > heard && message.author !== screen.me.id);
    if (fresh.length) byId("announcer").textContent = fresh.map((message) => spoken(message, screen)).join(" ");
  }
  heard = last > (heard ?? "") || arrived ? last : heard;
}

function spoken(message, screen) {
  const name = screen.people.find((person) => person.id === message.author)?.name ?? "Somebody";
  const words = el("span", {}, mrkdwn(message.text)).textContent;
  return message.isEphemeral ? `${name}, only visible to you: ${words}` : `New message from ${name}: ${words}`;
}

/** Tell about trouble for a few seconds. */
export function toast(text) {
  const dismiss = el("button", { type: "button", class: "toast-x", "aria-label": "Dismiss", onclick: () => node.remove() }, "×");
  const node = el("div", { class: "toast" }, el("span", {}, text), dismiss);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}
