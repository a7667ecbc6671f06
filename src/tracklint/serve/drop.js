"use strict";
// Each file goes to the program on this machine as the body of a request; it answers with a token, and the token is
// what its verdict, its page and its downloads are asked for with.
const page = document.getElementById("page");
const zone = document.getElementById("zone");
const list = document.getElementById("list");
const OURS = /\.((fit|tcx|gpx)(\.gz)?|zip)$/i;
const AT_ONCE = 4;
const WORDS = ["ready", "risky", "refused"]; // in this order; after them what is not done, or not to be had
const LINKS = {
  safe: ["mended", "Mended file"],
  unsafe: ["mended-unsafe", "Mended, and points dropped or sorted"],
};

const tokens = new Set();
const waiting = [];
let busy = 0;

function row(name) {
  const made = document.getElementById("row").content.firstElementChild.cloneNode(true);
  made.querySelector("h3").textContent = name;
  list.append(made);
  document.getElementById("results").hidden = false;
  says(made, "waiting", "waiting");
  return made;
}

function says(made, kind, word, found = "", facts = "") {
  made.dataset.kind = kind;
  made.querySelector(".verdict").className = `verdict ${kind}`;
  made.querySelector(".verdict strong").textContent = word;
  made.querySelector(".found").textContent = found;
  made.querySelector(".facts-line").textContent = facts;
  made.querySelector(".links").replaceChildren();
  total();
}

function total() {
  const counts = new Map(WORDS.map((word) => [word, 0]));
  for (const each of list.children) {
    const word = each.querySelector(".verdict strong").textContent;
    counts.set(word, (counts.get(word) || 0) + 1);
  }
  const files = list.children.length;
  const said = [...counts].filter(([, count]) => count).map(([word, count]) => `${count} ${word}`).join(", ");
  const shown = document.getElementById("total");
  shown.ariaBusy = String([...list.children].some((each) => each.dataset.kind === "waiting")); // told once, not for each
  shown.textContent = `${files} file${files === 1 ? "" : "s"}: ${said}`;
}

function link(made, address, text, download) {
  const each = document.createElement("a");
  each.href = address;
  each.textContent = text;
  each.setAttribute("aria-label", `${text}: ${made.querySelector("h3").textContent}`);
  if (download) each.download = "";
  else Object.assign(each, { target: "_blank", rel: "noopener" });
  made.querySelector(".links").append(each);
}

async function asked(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Error("No answer. Is tracklint serve still running?");
  }
  if (!answer.ok) throw new Error((await answer.text()).trim() || `Status ${answer.status}`);
  return answer.json();
}

async function sent(made, file, name) {
  if (file.size > Number(page.dataset.body)) {
    throw new Error(`This is larger than ${Math.floor(page.dataset.body / 2 ** 20)} MiB, the most that is taken of one file.`);
  }
  says(made, "waiting", "sending");
  const held = await asked(`/files?name=${encodeURIComponent(name.slice(-300))}`, { method: "POST", body: file });
  held.forEach((each, index) => {
    tokens.add(each.token);
    const own = index ? row(each.name) : made;
    own.querySelector("h3").textContent = each.name;
    setTimeout(() => forgotten(own, each.token), 1000 * Number(page.dataset.seconds));
    later(own, () => checked(own, each.token));
  });
}

async function checked(made, token) {
  says(made, "waiting", "checking");
  const told = await asked(`/files/${token}/verdict`);
  const found = told.first ? `${told.found}. ${told.first}` : told.found;
  says(made, told.verdict, told.verdict, found.charAt(0).toUpperCase() + found.slice(1), told.facts);
  link(made, `/files/${token}/page`, "Open its page", false);
  for (const way of told.mended) link(made, `/files/${token}/${LINKS[way][0]}`, LINKS[way][1], true);
  if (told.prepared) link(made, `/files/${token}/prepared`, "Prepared for an upload (.gz)", true);
}

function forgotten(made, token) {
  tokens.delete(token);
  says(made, "gone", "forgotten", "The time is over. Drop the file again to see it.");
}

function later(made, work) {
  waiting.push(async () => {
    try {
      await work();
    } catch (error) {
      says(made, "failed", "no answer", error.message);
    }
  });
  next();
}

function next() {
  while (busy < AT_ONCE && waiting.length) {
    busy += 1;
    waiting.shift()().finally(() => {
      busy -= 1;
      next();
    });
  }
}

function take(file, name) {
  const made = row(name);
  later(made, () => sent(made, file, name));
}

async function walk(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    const name = entry.fullPath.replace(/^\//, "");
    if (!name.includes("/") || OURS.test(name)) take(file, name);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const each of some) await walk(each);
  }
}

document.addEventListener("dragover", (event) => {
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) zone.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) [...event.dataTransfer.files].forEach((file) => take(file, file.name));
  entries.forEach((entry) => walk(entry).catch(() => says(row(entry.name), "failed", "no answer", "This cannot be read.")));
});
for (const input of document.querySelectorAll(".pick")) {
  input.addEventListener("change", () => {
    for (const file of input.files) {
      const name = file.webkitRelativePath || file.name;
      if (input.id === "files" || OURS.test(name)) take(file, name);
    }
    input.value = "";
  });
}
addEventListener("pagehide", () => {
  if (tokens.size) navigator.sendBeacon("/forget", [...tokens].join("\n"));
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
