// The page: what is shown, what is asked, what happens when. All state is in `state`; the address keeps what a reload needs.

import { byId, h, shown } from "./dom.js";
import { httpBackend } from "./http.js";
import { localBackend } from "./local.js";
import { editor, noteEditor, segmentView } from "./view.js";
import { HINTS, figures, listItem, showFilters, showGauges } from "./queue.js";
import { listen } from "./keys.js";

const PAGE = 40;
const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
const block = byId("data");
const backend = block ? localBackend(JSON.parse(block.textContent)) : httpBackend();
const others = new BroadcastChannel("monoglot-review");

const state = {
  query: { order: "risk", seed: 1, document: "", language: "", flag: "", search: "", open: "" },
  items: [], complete: true, key: "", segment: null, summary: null, documents: [], given: [],
  expanded: false, loading: false, editing: false,
};

function stored(name, otherwise) {
  try {
    return localStorage.getItem(`monoglot-${name}`) ?? otherwise;
  } catch {
    return otherwise; // a browser that keeps nothing
  }
}

function store(name, value) {
  try {
    localStorage.setItem(`monoglot-${name}`, value);
  } catch {
    // the choice then lasts as long as the page
  }
}

// What a person asks for is done in turn: keys pressed faster than verdicts are kept go astray nowhere.
let turn = Promise.resolve();
function inTurn(action) {
  return () => {
    turn = turn.then(action).catch(reportError);
  };
}

// --- asking

async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    say(asSentence(error.message), true);
    if (error.status === 409) await openSegment(state.key, false);
    return null;
  }
}

async function begin() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(state.query)) if (address.has(name)) state.query[name] = address.get(name);
  const answer = await attempt(() => backend.start({ ...state.query, limit: PAGE, key: address.get("key") ?? "" }));
  if (!answer) {
    byId("segment").replaceChildren(h("p", { class: "empty" }, "The review could not be opened. ", byId("toast").textContent));
    return;
  }
  const { settings } = answer;
  if (!address.has("seed")) state.query.seed = settings.seed;
  byId("folder").textContent = settings.folder;
  document.title = `Review of ${settings.folder} · monoglot`;
  byId("reviewer").value = settings.reviewer ?? stored("reviewer", "");
  state.documents = answer.documents;
  take(answer, false);
  state.segment = answer.segment;
  state.key = answer.segment?.key ?? "";
  showSegment();
}

function take(answer, append) {
  state.items = append ? [...state.items, ...answer.items] : answer.items;
  state.complete = answer.items.length < PAGE;
  state.summary = answer.summary;
  showList();
  showSummary();
}

async function requery(changes) {
  Object.assign(state.query, changes);
  const answer = await attempt(() => backend.queue({ ...state.query, limit: PAGE }));
  if (!answer) return;
  take(answer, false);
  byId("side").scrollTop = 0;
  await openSegment(state.items[0]?.key, false);
}

async function more() {
  if (state.complete || state.loading) return;
  state.loading = true;
  const answer = await attempt(() => backend.queue({ ...state.query, limit: PAGE, after: state.items.at(-1).key }));
  state.loading = false;
  if (answer) take(answer, true);
}

async function openSegment(key, focus = true) {
  state.editing = false;
  state.expanded = false;
  if (!key) {
    state.key = "";
    state.segment = null;
    showSegment();
    return;
  }
  const segment = await attempt(() => backend.segment(key));
  if (!segment) return;
  state.key = key;
  state.segment = segment;
  showSegment();
  if (focus) byId("segment").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

// --- showing

function showList() {
  const { query } = state;
  for (const radio of document.querySelectorAll("input[name=order]")) radio.checked = radio.value === query.order;
  byId("search").value = query.search;
  byId("open").checked = query.open === "1";
  const counted = state.summary.stratum !== null;
  byId("order-hint").textContent =
    query.order === "sample" && !counted ? "Narrowed like this the sample is no longer random: verdicts here do not enter the estimate." : HINTS[query.order];
  byId("list").replaceChildren(...state.items.map(itemNode));
  byId("more").hidden = state.complete;
  byId("end").hidden = !state.complete;
  byId("end").textContent = state.items.length ? "That is the end of the queue." : "Nothing here fits.";
}

function itemNode(item) {
  const narrow = () => document.body.classList.contains("queue-open");
  const onChoose = inTurn(async () => {
    if (narrow()) toggleQueue(false);
    await openSegment(item.key);
  });
  return listItem(item, { current: item.key === state.key, onChoose });
}

function showSummary() {
  showGauges(state.summary);
  showFilters(state.summary, state.documents, state.query);
}

function showSegment() {
  const place = byId("segment");
  byId("actions").hidden = !state.segment;
  if (!state.segment) {
    place.replaceChildren(h("p", { class: "empty" }, state.items.length ? "Choose a segment." : "Nothing here fits. Widen the queue."));
    return;
  }
  const open = byId("context")?.open;
  const sampling = state.query.order === "sample" && state.summary.stratum !== null;
  const onExpand = () => {
    state.expanded = true;
    showSegment();
  };
  place.replaceChildren(...segmentView(state.segment, { expanded: state.expanded, onExpand, sampling, onConfirm: inTurn(() => judge("confirm")) }));
  if (open) byId("context").open = true;
  place.setAttribute("aria-label", `Segment ${state.segment.number + 1}`);
  byId("undo").disabled = undoable() === null;
  for (const node of byId("list").children) {
    const button = node.firstElementChild;
    if (node.dataset.key === state.key) {
      button.setAttribute("aria-current", "true");
      node.scrollIntoView({ block: "nearest" });
    } else button.removeAttribute("aria-current");
  }
  const address = new URLSearchParams({ key: state.key });
  for (const [name, value] of Object.entries(state.query)) if (value !== "") address.set(name, value);
  history.replaceState(null, "", `#${address}`);
}

// A verdict changes one line of the list and the sums; nothing moves under the reader's eyes.
function renewItem(segment) {
  const at = state.items.findIndex((item) => item.key === segment.key);
  if (at < 0) return;
  const { key, standing, drawn, note, stale } = segment;
  state.items[at] = { ...state.items[at], key, standing, drawn, note, stale };
  byId("list").children[at].replaceWith(itemNode(state.items[at]));
}

async function renewSummary() {
  const answer = await attempt(() => backend.queue({ ...state.query, limit: 1 }));
  if (!answer) return;
  state.summary = answer.summary;
  showGauges(state.summary);
}

let hiding = 0;
function say(text, wrong = false) {
  const toast = byId("toast");
  toast.replaceChildren(...shown(text));
  toast.classList.toggle("wrong", wrong);
  toast.classList.add("seen");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("seen"), wrong ? 9000 : 3500);
}

function asSentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".");
}

// --- judging

const SAID = { accept: "Accepted", edit: "Corrected", reject: "Rejected", note: "Noted", confirm: "Confirmed" };

async function judge(kind, text = null) {
  const { segment, query, summary } = state;
  if (!segment) return false;
  const verdict = {
    uid: uuid(), key: segment.key, kind, text, revision: segment.revision, seen: segment.seen, reviewer: byId("reviewer").value.trim() || null,
    stratum: kind === "note" ? null : summary.stratum, seed: summary.stratum ? Number(query.seed) : null,
  };
  const answer = await attempt(() => backend.verdict(verdict));
  if (!answer) return false;
  state.given.push(answer.id);
  others.postMessage(segment.key);
  state.segment = answer.segment;
  renewItem(answer.segment);
  say(`${SAID[kind]}. Press u to undo.`);
  await renewSummary();
  state.editing = false;
  if (kind === "note") showSegment();
  else await step(1, true);
  return true;
}

async function step(by, afterVerdict = false) {
  const at = state.items.findIndex((item) => item.key === state.key);
  if (at + by >= state.items.length) await more();
  const next = state.items[at + by];
  if (next) await openSegment(next.key);
  else {
    if (afterVerdict) await openSegment(state.key);
    else say(by > 0 ? "That is the end of the queue." : "That is the start of the queue.");
  }
  if (at + by + 5 > state.items.length) await more();
}

// This window's last verdict; without one, the last on this segment.
function undoable() {
  if (state.given.length) return state.given.at(-1);
  const last = backend.alone ? null : state.segment?.history.find((verdict) => !verdict.undone_at);
  return last?.id ?? null;
}

async function takeBack() {
  const id = undoable();
  if (id === null) {
    say("There is nothing to undo.");
    return;
  }
  state.given.pop();
  const answer = await attempt(() => backend.undo(id, byId("reviewer").value.trim() || null));
  if (!answer) return;
  others.postMessage(answer.segment.key);
  renewItem(answer.segment);
  state.key = answer.segment.key;
  state.segment = answer.segment;
  await renewSummary();
  showSegment();
  byId("segment").focus({ preventScroll: true });
  say("Taken back.");
}

// With a draft: the words that somebody had typed when the segment turned out to be another than was shown.
function edit(draft = null) {
  const { segment } = state;
  if (!segment || state.editing) return;
  state.editing = true;
  const text = segment.standing?.kind === "edit" ? segment.standing.text : segment.plain;
  const { node, field, fit } = editor(draft ?? text, {
    onCancel: leave,
    onSave: async (value) => {
      if (value.trim() === text.trim()) {
        say("Nothing was changed.");
        leave();
      } else save(field, () => judge("edit", value), edit);
    },
  });
  byId("english").replaceChildren(node);
  byId("actions").hidden = true;
  fit();
  field.focus();
  field.setSelectionRange(0, 0);
}

function writeNote(draft = null) {
  const { segment } = state;
  if (!segment || state.editing) return;
  state.editing = true;
  const { node, field, fit } = noteEditor(draft ?? segment.note ?? "", {
    onCancel: leave,
    onSave: (value) => save(field, () => judge("note", value), writeNote),
  });
  byId("segment").querySelector(".note")?.remove();
  byId("segment").querySelector(".stage").after(node);
  byId("actions").hidden = true;
  fit();
  field.focus();
}

// The field is left at once, so that the next key is a shortcut again; if it cannot be kept, the words are still there.
function save(field, keep, again) {
  field.readOnly = true;
  byId("segment").focus({ preventScroll: true });
  inTurn(async () => {
    if (await keep()) return;
    if (!state.editing) return again(field.value);
    field.readOnly = false;
    field.focus();
  })();
}

function leave() {
  state.editing = false;
  showSegment();
  byId("segment").focus({ preventScroll: true });
}

function uuid() {
  return crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
}

// --- the rest of the page

function toggleQueue(open) {
  document.body.classList.toggle("queue-open", open);
  byId("open-queue").setAttribute("aria-expanded", String(open));
  byId("open-queue").textContent = open ? "Close" : "Queue";
  if (open) (byId("list").querySelector("[aria-current]") ?? byId("search")).focus();
}

function theme(chosen) {
  document.documentElement.dataset.theme = chosen;
  byId("theme").textContent = `◐ ${THEMES[chosen]}`;
  byId("theme").setAttribute("aria-label", `Colours: ${THEMES[chosen]}`);
  store("theme", chosen);
}

function showFigures() {
  const titles = new Map([...state.documents.map(({ id, title }) => [id, title]), ...state.items.map((item) => [item.document, item.title])]);
  byId("figures-body").replaceChildren(...figures(state.summary.estimate, titles));
  byId("figures").showModal();
}

function saveFile() {
  const file = new Blob([JSON.stringify(backend.file(byId("reviewer").value.trim()), null, 1)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: `verdicts-${byId("folder").textContent || "review"}.json` });
  link.click();
  URL.revokeObjectURL(link.href);
  say("Saved. Send the file back to whom this page came from.");
}

async function findDocument() {
  const search = prompt("Words of the title or the path") ?? "";
  const found = await attempt(() => backend.documents(search));
  if (found) {
    state.documents = found;
    if (!found.length) say("No document fits.");
    showSummary();
  }
}

function wire() {
  const click = (id, action) => byId(id).addEventListener("click", inTurn(action));
  click("accept", () => judge("accept"));
  click("reject", () => judge("reject"));
  click("edit", () => edit());
  click("note", () => writeNote());
  click("undo", takeBack);
  click("next", () => step(1));
  click("previous", () => step(-1));
  click("more", more);
  click("open-help", () => byId("help").showModal());
  click("estimate", showFigures);
  click("open-queue", () => toggleQueue(!document.body.classList.contains("queue-open")));
  click("theme", () => {
    const names = Object.keys(THEMES);
    theme(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
  });
  click("save", saveFile);
  byId("save").hidden = !backend.alone;
  for (const radio of document.querySelectorAll("input[name=order]")) {
    radio.addEventListener("change", inTurn(() => requery({ order: radio.value })));
  }
  for (const name of ["flag", "language"]) byId(name).addEventListener("change", inTurn(() => requery({ [name]: byId(name).value })));
  byId("document").addEventListener("change", inTurn(() =>
    byId("document").value === "?" ? findDocument() : requery({ document: byId("document").value })));
  byId("open").addEventListener("change", inTurn(() => requery({ open: byId("open").checked ? "1" : "" })));
  let typing = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(inTurn(() => requery({ search: byId("search").value.trim() })), 250);
  });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    toggleQueue(false); // on a narrow screen the segment is hidden behind it
    byId("segment").focus({ preventScroll: true });
  });
  byId("reviewer").addEventListener("change", (event) => store("reviewer", event.target.value.trim()));
  byId("shortcuts").checked = stored("shortcuts", "on") === "on";
  byId("shortcuts").addEventListener("change", (event) => store("shortcuts", event.target.checked ? "on" : "off"));
  byId("side").addEventListener("scroll", () => {
    const { scrollTop, clientHeight, scrollHeight } = byId("side");
    if (scrollTop + clientHeight > scrollHeight - 400) more();
  });
  others.addEventListener("message", async ({ data: key }) => {
    await renewSummary();
    const segment = await attempt(() => backend.segment(key));
    if (!segment) return;
    renewItem(segment);
    if (key === state.key && !state.editing) {
      state.segment = segment;
      showSegment();
    }
  });
  const keys = {
    j: () => step(1), k: () => step(-1), a: () => judge("accept"), e: () => edit(), r: () => judge("reject"), n: () => writeNote(), u: takeBack,
    c: () => byId("confirm") && judge("confirm"),
    x: () => byId("context") && (byId("context").open = !byId("context").open),
    "/": () => {
      if (getComputedStyle(byId("open-queue")).display !== "none") toggleQueue(true);
      byId("search").focus();
    },
    "?": () => byId("help").showModal(),
    Escape: () => toggleQueue(false),
  };
  listen(Object.fromEntries(Object.entries(keys).map(([key, action]) => [key, inTurn(action)])), () => byId("shortcuts").checked);
}

theme(stored("theme", "auto"));
wire();
await begin();
