// Faces and names: avatars, and the switch of who one is.

import { byId, el } from "./dom.js";

const HUES = 8;

/** A round-cornered square with initials; the app has its tick. */
export function avatar(person, name) {
  if (!person || person.isBot) return el("span", { class: `${name} avatar-app`, "aria-hidden": "true" }, "✓");
  return el("span", { class: `${name} hue-${hue(person.id)}`, "aria-hidden": "true" }, initials(person.name));
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

function hue(id) {
  return [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
}

/** Show who one is and who one can be. */
export function showPeople(people, me, switchTo) {
  const face = avatar(me, "avatar");
  face.id = "me-avatar";
  byId("me-avatar").replaceWith(face);
  byId("me-name").textContent = me.name;
  byId("me-title").textContent = me.title || me.handle;
  const list = byId("people");
  const signature = JSON.stringify([people, me.id]);
  if (list.signature === signature) return;
  list.signature = signature;
  const choices = people.filter((person) => !person.isBot).map((person) =>
    el(
      "button",
      {
        type: "button",
        class: "person",
        "aria-pressed": person.id === me.id ? "true" : "false",
        "data-person": person.id,
        onclick: () => {
          list.hidePopover();
          byId("me-button").focus();
          switchTo(person.id);
        },
      },
      avatar(person, "avatar"),
      el("span", { class: "person-who" }, el("span", { class: "person-name" }, person.name),
        el("span", { class: "person-title" }, [person.title, person.isGuest ? "guest" : ""].filter(Boolean).join(" · ") || person.handle)),
    ));
  list.replaceChildren(el("p", { class: "people-title", "aria-hidden": "true" }, "Who are you?"), ...choices);
}
