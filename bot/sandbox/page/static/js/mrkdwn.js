// Slack's mrkdwn as nodes. Never markup: whatever is not understood stays text.

import { el, link } from "./dom.js";
import { fillPattern, fullTime } from "./dates.js";
import { withEmoji } from "./emoji.js";

const names = { people: new Map(), channels: new Map(), groups: new Map() };

/** Who and what <@U…>, <#C…> and <!subteam^S…> stand for. */
export function setNames(people, channels, groups = []) {
  names.groups = new Map(groups.map((group) => [group.id, group.name]));
  names.people = new Map(people.map((person) => [person.id, person.name]));
  names.channels = new Map(channels.map((channel) => [channel.id, channel.name]));
}

const decode = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

const INLINE = new RegExp(
  [
    "<(?<control>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    "(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])",
    "(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)'\"])",
  ].join("|"),
  "u",
);

function inline(text, verbatim) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const found = INLINE.exec(rest);
    if (!found) break;
    if (found.index) nodes.push(withEmoji(decode(rest.slice(0, found.index))));
    nodes.push(piece(found, verbatim));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(withEmoji(decode(rest)));
  return nodes;
}

function piece(found, verbatim) {
  const { control, code, bold, italic, strike, url } = found.groups;
  if (control !== undefined) return controlPiece(control);
  if (code !== undefined) return el("code", {}, decode(code));
  if (bold !== undefined) return el("strong", {}, inline(bold, verbatim));
  if (italic !== undefined) return el("em", {}, inline(italic, verbatim));
  if (strike !== undefined) return el("s", {}, inline(strike, verbatim));
  return verbatim ? decode(url) : link(decode(url), decode(url));
}

function controlPiece(control) {
  const bar = control.indexOf("|");
  const target = bar < 0 ? control : control.slice(0, bar);
  const label = bar < 0 ? "" : decode(control.slice(bar + 1));
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${names.people.get(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${names.channels.get(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("!date^")) return datePiece(target.slice(6), label);
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, `@${names.groups.get(target.slice(9)) ?? (label || target.slice(9))}`);
  if (target.startsWith("!")) return el("span", { class: "mention mention-all" }, `@${label || target.slice(1).split("^")[0]}`);
  if (target.startsWith("mailto:")) return label || decode(target.slice(7));
  return link(decode(target), label || decode(target));
}

function datePiece(parts, fallback) {
  const [stamp, pattern = "", address] = parts.split("^");
  const seconds = Number(stamp);
  const text = fillPattern(pattern, seconds, fallback);
  const time = Number.isFinite(seconds)
    ? el("time", { class: "date", datetime: new Date(seconds * 1000).toISOString(), title: fullTime(seconds) }, text)
    : text;
  return address ? link(decode(address), time) : time;
}

function lines(text, verbatim) {
  return text.split("\n").flatMap((line, index) => [index ? el("br") : null, ...inline(line, verbatim)]);
}

function quotesAndText(text, verbatim) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = /^(&gt;|>)/.test(line);
    const words = quoted ? line.replace(/^(&gt;|>) ?/, "") : line;
    const last = groups.at(-1);
    if (last && last.quoted === quoted) last.lines.push(words);
    else groups.push({ quoted, lines: [words] });
  }
  return groups.map((group) => {
    const content = lines(group.lines.join("\n"), verbatim);
    return group.quoted ? el("blockquote", {}, content) : el("span", { class: "run" }, content);
  });
}

/** Nodes for a mrkdwn text. `verbatim`: bare addresses stay text. */
export function mrkdwn(text, { verbatim = false } = {}) {
  return text.split("```").flatMap((part, index) => {
    if (index % 2) return [el("pre", {}, decode(part.replace(/^\n/, "").replace(/\n$/, "")))];
    return part.trim() ? quotesAndText(part, verbatim) : [];
  });
}

/** Nodes for a text object of either kind. */
export function textObject(object) {
  if (object.type === "mrkdwn") return mrkdwn(object.text, object);
  const shown = object.emoji === false ? [object.text] : [withEmoji(object.text)];
  return [el("span", { class: "plain" }, shown)];
}
