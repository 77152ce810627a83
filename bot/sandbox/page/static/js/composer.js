// Writing: messages, replies and slash commands.

import { byId } from "./dom.js";

/** Wire both forms; `say(text, inThread)` sends. */
export function startComposers(say) {
  for (const [form, field, inThread] of [["composer", "composer-text", false], ["thread-composer", "thread-text", true]]) {
    const text = byId(field);
    const send = byId(form).querySelector(".send");
    text.addEventListener("input", () => {
      send.disabled = !text.value.trim();
    });
    byId(form).addEventListener("submit", (event) => {
      event.preventDefault();
      const words = text.value.trim();
      if (!words) return;
      text.value = "";
      send.disabled = true;
      say(words, inThread);
    });
  }
}
