// The left column: channels and direct messages with what is new in them.

import { byId, el, reconcile } from "./dom.js";
import { HOME } from "./home.js";

const GROUPS = [
  ["Apps", "list-apps", (channel) => channel.id === HOME],
  ["Channels", "list-channels", (channel) => !channel.isDirect && channel.id !== HOME],
  ["Direct messages", "list-direct", (channel) => channel.isDirect],
];

/** The app's own tab stands before the conversations. */
const APP = { id: HOME, name: "Signoff Home", isMember: true, unread: 0 };

/** Show the lists; `choose(id)` opens a channel. Entries that did not change stay: a click may be under way on one. */
export function showSidebar(conversations, current, choose) {
  const channels = [APP, ...conversations];
  const parent = byId("channel-lists");
  const groups = GROUPS.filter(([, , belongs]) => channels.some(belongs)).map(([title, id, belongs]) => ({ title, id, belongs }));
  reconcile(parent, groups, (group) => group.id, drawGroup);
  for (const { id, belongs } of groups) {
    const items = channels.filter(belongs).map((channel) => ({ ...channel, isCurrent: channel.id === current }));
    reconcile(byId(id), items, (channel) => channel.id, (channel) => entry(channel, choose));
  }
  showBadge(channels.reduce((sum, channel) => sum + channel.unread, 0));
}

function drawGroup({ title, id }) {
  return el("section", {}, el("h2", { class: "list-title", id: `${id}-title` }, title), el("ul", { id, "aria-labelledby": `${id}-title` }));
}

function entry(channel, choose) {
  const mark = channel.id === HOME ? "⌂" : channel.isDirect ? "•" : channel.isPrivate ? "🔒︎" : "#";
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: `channel${channel.unread ? " unread" : ""}${channel.isMember ? "" : " outside"}`,
        "aria-current": channel.isCurrent ? "page" : null,
        "data-channel": channel.id,
        "data-key": `channel/${channel.id}`,
        onclick: () => choose(channel.id),
      },
      el("span", { class: "channel-mark", "aria-hidden": "true" }, mark),
      el("span", { class: "channel-label" }, channel.name),
      channel.isArchived ? el("span", { class: "unseen" }, ", archived") : null,
      channel.unread ? el("span", { class: "badge" }, String(channel.unread), el("span", { class: "unseen" }, " new")) : null,
    ),
  );
}

function showBadge(count) {
  const badge = document.querySelector(".pane-badge");
  badge.hidden = !count;
  badge.textContent = String(count);
}
