// The list: one page of it at a time, so that fifty thousand findings stay as quick as fifty.
const ROWS = 50, ROWS_ON_PAPER = 500;
const byId = (id) => document.getElementById(id);
const list = byId("list");
let shown = [], first = 0;
const opened = new Set();

function row(place) {
  const finding = page.findings[place], about = rule(finding);
  const cell = (kind, ...children) => element("td", { class: kind }, ...children);
  const severity = element("span", { class: `severity ${about.severity}` }, about.severity);
  const judged = cell("verdict", element("span", { class: `verdict ${verdict(finding)}` }, verdict(finding)));
  if (status(finding)) judged.append(" ", element("span", { class: `status ${status(finding)}` }, status(finding)));
  const late = cell("late", ...(finding[LATE] === null ? [] : [span(finding[LATE])]));
  const facts = element("tr", {}, cell("severity", severity), judged, cell("rule", about.id + (about.draft ? " (draft)" : "")),
    cell("subject", subject(finding)), cell("activated_at", moment(finding[ACTIVATED])), late);
  const details = element("details", { class: "case" }, element("summary", {}, finding[MESSAGE]));
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector(".story")) details.append(story(finding));
    opened[details.open ? "add" : "delete"](place);
  });
  details.open = opened.has(place);
  return element("tbody", { id: `finding-${finding[FINGERPRINT]}` }, facts, element("tr", {}, element("td", { colspan: 6 }, details)));
}

function draw(rows = ROWS) {
  const here = shown.slice(first, first + rows);
  for (const body of [...list.tBodies]) body.remove();
  list.append(...here.map(row));
  const all = page.findings.length, some = shown.length;
  byId("shown").textContent = some === all ? `${number(all)} finding${all === 1 ? "" : "s"}` : `${number(some)} of ${number(all)} findings match`;
  byId("page").textContent = `${number(some ? first + 1 : 0)} to ${number(first + here.length)} of ${number(some)}`;
  byId("before").disabled = first === 0;
  byId("after").disabled = first + rows >= some;
  for (const head of list.tHead.rows[0].cells) {
    if (head.dataset.sort !== wanted.sort) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", wanted.down ? "descending" : "ascending");
  }
}

function choose() {
  shown = selection();
  first = 0;
  draw();
}

function turn(step) {
  first = Math.min(Math.max(first + step * ROWS, 0), Math.max(shown.length - 1, 0));
  draw();
  byId("findings").scrollIntoView();
}

function sortBy(key) {
  wanted.down = wanted.sort === key ? !wanted.down : key === "late";
  wanted.sort = key;
  choose();
}

// A finding by its address: cleared filters, its page, its timeline open.
function show(fingerprint) {
  const place = page.findings.findIndex((finding) => finding[FINGERPRINT] === fingerprint);
  if (place < 0) return;
  clear();
  first = Math.floor(shown.indexOf(place) / ROWS) * ROWS;
  opened.add(place);
  draw();
  byId(`finding-${fingerprint}`).scrollIntoView();
}
