// The messages of a channel or a thread.

import { drawBlocks } from "./blocks.js";
import { clockTime, dayName, fullTime } from "./dates.js";
import { el, reconcile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";

/**
 * Show messages in a list. `scope` tells equal messages of the channel and of a thread apart; `open(ts)` opens a thread;
 * `use(message, block, element, value, node)` uses an element; `dismiss(message)` takes an ephemeral away.
 */
export function showMessages(list, messages, { scope, people, open, use, dismiss, zone }) {
  const items = open && !messages.length ? [{ beginning: true }] : [];
  let day = "";
  for (const message of messages) {
    const name = dayName(Number(message.ts));
    if (name !== day && open) items.push({ divider: name });
    day = name;
    items.push({ ...message, by: people.get(message.author), day: name, zone });
  }
  const draw = (item) => {
    if (item.beginning) return beginning();
    return item.divider ? divider(item.divider) : drawMessage(item, { scope, open, use, dismiss });
  };
  reconcile(list, items, (item) => item.ts ?? `day ${item.divider}`, draw);
}

/** Bring a message into sight and mark it for a moment; where a permalink leads. */
export function showSought(list, ts) {
  const node = [...list.children].find((each) => each.dataset.item === ts);
  node?.classList.add("sought");
  node?.scrollIntoView({ block: "center" });
  node?.focus({ preventScroll: true });
}

function beginning() {
  return el("li", { class: "beginning" }, el("strong", {}, "Nothing here yet"), "This is where the conversation begins.");
}

function divider(name) {
  return el("li", { class: "day" }, el("span", {}, name));
}

function drawMessage(message, { scope, open, use, dismiss }) {
  const place = `${scope}/${message.ts}`;
  const nameId = `by-${scope}-${message.ts}`;
  return el(
    "li",
    { class: `message${message.isEphemeral ? " ephemeral" : ""}`, tabindex: -1 },
    el(
      "article",
      { "aria-labelledby": nameId },
      avatar(message.by, "avatar"),
      el(
        "div",
        { class: "message-body" },
        message.isEphemeral ? onlyYou(message, dismiss, place) : null,
        head(message, nameId),
        content(message, place, use),
        pictures(message),
        open && !message.isEphemeral ? threadLink(message, open, place) : null,
      ),
    ),
  );
}

function onlyYou(message, dismiss, place) {
  const button = el("button", { type: "button", class: "dismiss", "data-key": `${place}/dismiss`, onclick: () => dismiss(message) }, "Dismiss");
  return el("p", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you", button);
}

function head(message, nameId) {
  const seconds = Number(message.ts);
  return el(
    "p",
    { class: "message-head" },
    el("span", { class: "author", id: nameId }, message.by?.name ?? "Somebody"),
    message.by?.isBot ? el("span", { class: "app-badge" }, "App") : null,
    el("time", { class: "at", datetime: new Date(seconds * 1000).toISOString(), title: fullTime(seconds) }, clockTime(seconds)),
  );
}

function content(message, place, use) {
  if (message.isDeleted) return el("p", { class: "deleted" }, "This message was deleted.");
  if (!message.blocks.length) {
    return el("div", { class: "message-text" }, mrkdwn(message.text), message.isEdited ? el("span", { class: "edited" }, " (edited)") : null);
  }
  const act = (block, element, value, node) => use(message, block, element, value, node);
  return el("div", { class: "blocks" }, drawBlocks(message.blocks, { scope: place, use: act }));
}

function pictures(message) {
  if (!message.files?.length) return null;
  return el("div", { class: "pictures" }, message.files.map((file) =>
    el("figure", { class: "block-image" }, el("figcaption", {}, file.title),
      el("img", { src: `/sandbox/api/file/${encodeURIComponent(file.id)}`, alt: file.alt }))));
}

function threadLink(message, open, place) {
  const attributes = { type: "button", "data-key": `${place}/thread`, onclick: () => open(message.ts) };
  if (!message.replies) return el("button", { ...attributes, class: "reply-link quiet" }, "Reply in thread");
  const count = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  return el("button", { ...attributes, class: "reply-link" }, el("span", { class: "reply-count" }, count),
    el("span", { class: "last-reply" }, ` Last at ${clockTime(Number(message.lastReply))}`));
}
