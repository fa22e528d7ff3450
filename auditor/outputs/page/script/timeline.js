// A finding as a timeline: the same lines as `timeline.py` makes, and a scale above them.
const ORDER = ["activation", "exemption", "match", "bound", "met", "due", "judged"];
const microseconds = (iso) => {
  const [, whole, part] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso);
  return Date.parse(`${whole}Z`) / 1000 + Number(`0.${part ?? 0}`);
};

function moments(finding) {
  const found = finding[EVIDENCE].map(([role, event, file, row, time]) => ({
    role: page.names[role], time, event: page.names[event], place: `${page.names[file]}, row ${number(row)}`,
  }));
  if (finding[MET] && !found.some((one) => one.role === "match" && one.time === finding[MET])) {
    found.push({ role: "met", time: finding[MET] });
  }
  if (finding[DUE]) found.push({ role: "due", time: finding[DUE] });
  found.push({ role: "judged", time: page.as_of });
  for (const one of found) one.seconds = microseconds(one.time);
  return found.sort((a, b) => a.seconds - b.seconds || ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
}

// What is done is drawn until it was done; what is not, until it was judged.
function scale(finding, found) {
  if (finding[DUE] === null) return [];
  if (finding[MET]) found = found.filter((one) => one.role !== "judged");
  const start = found[0].seconds, length = found.at(-1).seconds - start;
  if (!length) return [];
  const x = (seconds) => 12 + (576 * (seconds - start)) / length;
  const band = (from, to, kind) =>
    drawn("rect", { class: `fill-${kind}`, x: x(from), y: 10, width: Math.max(x(to) - x(from), 1), height: 12, rx: 2 });
  const strip = drawn("svg", { class: "scale", viewBox: "0 0 600 32", "aria-hidden": "true", focusable: "false" });
  strip.append(drawn("path", { class: "stroke-line", "stroke-width": 1.5, d: "M12 16H588" }));
  const due = microseconds(finding[DUE]), from = microseconds(finding[ACTIVATED]);
  if (due > from) strip.append(band(from, due, "allowed"));
  const end = finding[MET] ? microseconds(finding[MET]) : found.at(-1).seconds;
  if (finding[LATE] !== null && end > due) strip.append(band(due, end, "late"));
  for (const one of found) {
    const at = x(one.seconds);
    if (one.role === "due") strip.append(drawn("path", { class: "fill-violated", d: `M${at} 9l6 7l-6 7l-6-7z` }));
    else if (one.role === "judged") strip.append(drawn("path", { class: "stroke-quiet", "stroke-width": 2, d: `M${at} 6v20` }));
    else strip.append(drawn("circle", { class: `fill-${one.role === "activation" ? "ink" : "pending"}`, cx: at, cy: 16, r: 5 }));
  }
  return [strip];
}

function line(one, before) {
  const item = element("li", { class: one.role });
  const gap = before ? one.seconds - before.seconds : 0;
  if (gap) item.append(element("span", { class: "gap" }, `${span(gap)} later`));
  const what = element("span", { class: "what" }, element("b", {}, ROLES[one.role]));
  if (one.event) what.append(" ", element("code", {}, one.event));
  item.append(moment(one.time), " ", what);
  if (one.place) item.append(" ", element("span", { class: "place" }, one.place));
  return item;
}

function story(finding) {
  const about = rule(finding), found = moments(finding), quiet = { class: "quiet" };
  const box = element("div", { class: "story" });
  const link = element("a", { href: `#rule-${finding[RULE]}` }, about.title);
  box.append(element("p", { class: "rule-says" }, link, " ", about.sentence));
  if (about.basis) box.append(element("p", quiet, `Measured against: ${about.basis}`));
  const waiver = page.waivers[finding[WAIVER]];
  if (waiver) box.append(element("p", {}, `Waived until ${waiver.expires} by ${waiver.approver}: ${waiver.reason}`));
  box.append(...scale(finding, found));
  box.append(element("ol", { class: "timeline" }, ...found.map((one, place) => line(one, found[place - 1]))));
  if (finding[MORE]) {
    const where = element("code", {}, "--output findings.csv");
    box.append(element("p", { class: "cut" }, `${number(finding[MORE])} more pieces of evidence are left out; `, where, " has them."));
  }
  if (finding[VAGUE]) {
    box.append(element("p", quiet, "The log does not know all of these times exactly: the earliest moment possible is shown, for the due time the latest."));
  }
  const address = element("a", { href: `#finding-${finding[FINGERPRINT]}` }, element("code", {}, finding[FINGERPRINT]));
  box.append(element("p", quiet, `${about.subject_key} ${subject(finding)}; fingerprint `, address));
  return box;
}
