// Which findings are shown, and in which order.
const wanted = { words: [], rule: "", severity: new Set(), verdict: new Set(), status: new Set(), sort: "severity", down: false };
const KEYS = {
  severity: (finding, place) => place, // findings come worst first
  verdict: (finding) => VERDICTS.indexOf(verdict(finding)),
  rule: (finding) => rule(finding).id,
  subject: (finding) => finding[SUBJECT],
  activated_at: (finding) => finding[ACTIVATED].replace(/Z$/, ""),
  late: (finding) => finding[LATE],
};
const texts = new Map(); // what is searched, made when it is first needed

function text(finding) {
  if (!texts.has(finding)) {
    const about = rule(finding);
    texts.set(finding, [subject(finding), about.id, about.title, finding[MESSAGE], finding[FINGERPRINT]].join("\n").toLowerCase());
  }
  return texts.get(finding);
}

const chosen = (set, value) => !set.size || set.has(value);

function matches(finding) {
  return (
    (wanted.rule === "" || finding[RULE] === Number(wanted.rule)) &&
    chosen(wanted.severity, rule(finding).severity) &&
    chosen(wanted.verdict, verdict(finding)) &&
    chosen(wanted.status, status(finding)) &&
    wanted.words.every((word) => text(finding).includes(word))
  );
}

// What has no value comes last, in either direction; what is equal stays worst first.
function sorted(findings) {
  const key = KEYS[wanted.sort], sign = wanted.down ? -1 : 1;
  const keyed = findings.map((place) => [key(page.findings[place], place), place]);
  keyed.sort(([a, first], [b, second]) => {
    if (a === b) return first - second;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -sign : sign;
  });
  return keyed.map(([, place]) => place);
}

function selection() {
  const found = [];
  page.findings.forEach((finding, place) => { if (matches(finding)) found.push(place); });
  return sorted(found);
}
