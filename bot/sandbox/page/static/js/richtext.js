// rich_text blocks as nodes.

import { el, link } from "./dom.js";
import { fillPattern } from "./dates.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function styled(node, style = {}) {
  return Object.entries(TAGS).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), node);
}

function broken(text) {
  return text.split("\n").flatMap((line, index) => [index ? el("br") : null, line]);
}

function piece(element) {
  switch (element.type) {
    case "text":
      return styled(el("span", {}, broken(element.text)), element.style);
    case "link":
      return styled(link(element.url, element.text ?? element.url), element.style);
    case "user":
      return mrkdwn(`<@${element.user_id}>`);
    case "usergroup":
      return mrkdwn(`<!subteam^${element.usergroup_id}>`);
    case "channel":
      return mrkdwn(`<#${element.channel_id}>`);
    case "emoji":
      return withEmoji(`:${element.name}:`);
    case "date":
      return fillPattern(element.format, element.timestamp, element.fallback ?? "");
    default:
      return null;
  }
}

const pieces = (element) => element.elements.map(piece);

const PARTS = {
  rich_text_section: (part) => el("p", {}, pieces(part)),
  rich_text_quote: (part) => el("blockquote", {}, pieces(part)),
  rich_text_preformatted: (part) => el("pre", {}, pieces(part)),
  rich_text_list: (part) =>
    el(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => el("li", {}, pieces(item)))),
};

/** Nodes for one rich_text block. */
export function richText(block) {
  return block.elements.map((part) => PARTS[part.type]?.(part) ?? null);
}
