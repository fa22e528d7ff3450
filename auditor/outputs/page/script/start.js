// What the controls do.
function clear() {
  byId("search").value = byId("rule").value = "";
  for (const box of document.querySelectorAll(".choice input")) box.checked = false;
  Object.assign(wanted, { words: [], rule: "" });
  for (const name of ["severity", "verdict", "status"]) wanted[name].clear();
  choose();
}

function startFilters() {
  const search = byId("search"), rules = byId("rule");
  search.addEventListener("input", () => {
    wanted.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    choose();
  });
  rules.addEventListener("change", () => { wanted.rule = rules.value; choose(); });
  for (const group of document.querySelectorAll(".choice")) {
    group.addEventListener("change", ({ target }) => {
      wanted[group.dataset.filter][target.checked ? "add" : "delete"](target.value);
      choose();
    });
  }
  byId("reset").addEventListener("click", clear);
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("[data-rule]")) {
    button.addEventListener("click", () => {
      clear();
      rules.value = wanted.rule = button.dataset.rule;
      choose();
      byId("findings").focus();
    });
  }
}

function startList() {
  for (const head of list.tHead.rows[0].cells) {
    const button = element("button", { type: "button" }, head.textContent);
    button.addEventListener("click", () => sortBy(head.dataset.sort));
    head.replaceChildren(button);
  }
  byId("before").addEventListener("click", () => turn(-1));
  byId("after").addEventListener("click", () => turn(1));
}

function startPaper() {
  addEventListener("beforeprint", () => {
    const all = page.findings.length, some = Math.min(shown.length, ROWS_ON_PAPER);
    const filtered = shown.length < all ? ` that match the filters, of ${number(all)} on the page` : "";
    const part = some < shown.length ? `the first ${number(some)} of ${number(shown.length)}` : `all ${number(some)}`;
    byId("printed").textContent = `Printed: ${part} findings${filtered}.`;
    first = 0;
    draw(ROWS_ON_PAPER);
  });
  addEventListener("afterprint", () => draw());
}

function openAddressed() {
  const [, fingerprint] = /^#finding-([0-9a-f]+)$/.exec(location.hash) ?? [];
  if (fingerprint) show(fingerprint);
}

for (const control of document.querySelectorAll(".js-only")) control.hidden = false;
startTheme();
if (list) {
  startFilters();
  startList();
  startPaper();
  choose();
  openAddressed();
  addEventListener("hashchange", openAddressed);
}
