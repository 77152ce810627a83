// The page: keeps what is chosen, fetches what is shown, and hands both to the parts that draw.

import { act, listen, read, upload } from "./api.js";
import { showClock, showPanel, showRecords, showSteps, startClock, startTabs } from "./aside.js";
import { startComposers } from "./composer.js";
import { setChoosable, setUpload } from "./controls.js";
import { setClock } from "./dates.js";
import { askFirst, rememberOpener, showModal } from "./dialogs.js";
import { byId } from "./dom.js";
import { HOME, showHome } from "./home.js";
import { showMessages, showSought } from "./messages.js";
import { setNames } from "./mrkdwn.js";
import { showPeople } from "./people.js";
import { showSidebar } from "./sidebar.js";
import { announceNew, forgetAnnounced, toast } from "./news.js";

const chosen = { as: sessionStorage.getItem("as") ?? "", channel: "", thread: "" };
let fetching = false;
setUpload((file) => upload(chosen.as, file));
let stale = false;

// A permalink: /archives/C…/p<ts without its dot>.
let sought = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
if (sought) chosen.channel = sought[1];

/** Fetch the screen and draw it. News that arrive meanwhile lead to one more round. */
async function refresh() {
  stale = true;
  if (fetching) return;
  fetching = true;
  try {
    while (stale) {
      stale = false;
      const asked = { ...chosen };
      const screen = await read("state", asked);
      if (asked.as === chosen.as && asked.channel === chosen.channel && asked.thread === chosen.thread) draw(screen);
      else stale = true;
    }
  } catch (error) {
    if (chosen.as) forgetPerson();
    toast(error.message);
  } finally {
    fetching = false;
  }
}

/** The sandbox was started anew: the person of the last time may not exist any more. */
function forgetPerson() {
  chosen.as = "";
  sessionStorage.removeItem("as");
  setTimeout(refresh, 1000);
}

function draw(screen) {
  const arrived = chosen.channel !== screen.channel || byId("message-list").dataset.channel !== screen.channel;
  Object.assign(chosen, { as: screen.me.id, channel: screen.channel ?? "" });
  setClock(screen.me.tz, screen.now);
  setNames(screen.people, screen.channels, screen.groups);
  setChoosable(screen.people);
  const people = new Map(screen.people.map((person) => [person.id, person]));
  byId("workspace-name").textContent = screen.workspace.name;
  showPeople(screen.people, screen.me, (id) => choose({ as: id, thread: "" }));
  showSidebar(screen.channels, screen.channel, (id) => choose({ channel: id, thread: "" }, "main"));
  showHome(screen.channel === HOME ? screen.home : null, useInModal);
  drawHead(screen);
  const drawMessages = () => drawList("message-list", screen.messages ?? [], "c", people, screen.me);
  if (screen.channel !== HOME) keepAtEnd(byId("messages"), arrived, drawMessages);
  else if (arrived) byId("messages").scrollTop = 0;
  byId("message-list").dataset.channel = screen.channel;
  drawThread(screen, people);
  showClock();
  showSteps(screen.scenario, runStep);
  showRecords(screen.odoo);
  showModal(screen.modal, { submit: submitModal, close: closeModal, use: useInModal });
  announceNew(screen, arrived);
  if (sought) showSought(byId("message-list"), `${sought[2]}.${sought[3]}`);
  sought = null;
}

function drawHead(screen) {
  if (screen.channel === HOME) {
    byId("channel-name").textContent = "Signoff";
    byId("channel-about").textContent = "Home · only you see this";
    document.title = `Home · ${screen.workspace.name}`;
  }
  const channel = screen.channels.find((each) => each.id === screen.channel);
  if (!channel) return;
  byId("channel-name").textContent = channel.isDirect ? channel.name : `# ${channel.name}`;
  const members = channel.members === 1 ? "1 member" : `${channel.members} members`;
  byId("channel-about").textContent = [channel.isDirect ? "Direct message" : members, channel.isPrivate && !channel.isDirect ? "private" : "", channel.isArchived ? "archived" : ""].filter(Boolean).join(" · ");
  byId("composer-label").textContent = `Message ${channel.name}`;
  byId("composer-text").placeholder = channel.isArchived ? "This channel is archived" : `Message ${channel.isDirect ? "" : "#"}${channel.name}, or type a /command`;
  byId("composer-text").disabled = channel.isArchived;
  document.title = `${channel.isDirect ? "" : "#"}${channel.name} · ${screen.workspace.name}`;
}

function drawList(id, messages, scope, people, me) {
  showMessages(byId(id), messages, {
    scope,
    people,
    zone: me.tz,
    open: scope === "c" ? (ts) => choose({ thread: ts }, "aside") : null,
    use: useOnMessage,
    dismiss: (message) => attempt(() => act("dismiss", { as: chosen.as, channel: chosen.channel, ts: message.ts })),
  });
}

function drawThread(screen, people) {
  const open = Boolean(screen.thread?.length);
  if (!open && !byId("thread").hidden) showPanel("world");
  byId("tab-thread").disabled = !open;
  keepAtEnd(byId("thread-scroller"), false, () => drawList("thread-list", screen.thread ?? [], "t", people, screen.me));
}

/** Stay at the newest message when one was there already. */
function keepAtEnd(scroller, always, change) {
  const atEnd = always || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  change();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function choose(what, pane) {
  if (what.as && what.as !== chosen.as) forgetAnnounced();
  Object.assign(chosen, what);
  if (what.as) sessionStorage.setItem("as", what.as);
  if (pane) showPane(pane);
  if (what.thread) showPanel("thread");
  if (chosen.channel === HOME) return attempt(() => act("home", { as: chosen.as }));
  return refresh();
}

function showPane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
}

/** Do something; what goes wrong is told, and the screen is looked at again. */
async function attempt(deed, node) {
  node?.setAttribute("aria-busy", "true");
  try {
    const told = await deed();
    if (told.trouble) toast(told.trouble);
  } catch (error) {
    toast(error.message);
  } finally {
    node?.removeAttribute("aria-busy");
    await refresh();
  }
}

async function useOnMessage(message, block, element, value, node) {
  rememberOpener(node);
  if (element.confirm && !(await askFirst(element.confirm))) return;
  const where = { as: chosen.as, channel: chosen.channel, ts: message.ts };
  await attempt(() => act("use", { ...where, block: block.block_id, action: element.action_id, value }), node);
}

async function useInModal(view, block, element, value, node) {
  if (!byId("modal").open) rememberOpener(node);
  if (element.confirm && !(await askFirst(element.confirm))) return;
  await attempt(() => act("use", { as: chosen.as, view: view.id, block: block.block_id, action: element.action_id, value }), node);
}

const submitModal = (view, values) =>
  attempt(async () => {
    await act("submit", { as: chosen.as, view: view.id, values });
    return {};
  });
const closeModal = (view) => attempt(() => act("close", { as: chosen.as, view: view.id }));
const runStep = (id, node) => attempt(() => act("scenario", { id }), node);

startClock((seconds, node) => attempt(() => act("advance", { seconds }), node));
startTabs(showPanel);
startComposers((text, inThread) =>
  attempt(() => act("say", { as: chosen.as, channel: chosen.channel, text, thread: inThread ? chosen.thread : "" })));
for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => showPane(button.dataset.show));
listen(refresh, (connected) => document.body.classList.toggle("offline", !connected));
refresh();
