// The findings, and the columns of one, as `data.py` writes them.
const page = JSON.parse(document.getElementById("data").textContent);
const [RULE, VERDICT, STATUS, SUBJECT, ACTIVATED, DUE, MET, LATE, MESSAGE, FINGERPRINT, EVIDENCE, MORE, VAGUE, WAIVER] =
  Array(14).keys();
const ROLES = JSON.parse(document.getElementById("list")?.dataset.roles ?? "{}");
const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const VERDICTS = ["violated", "undetermined", "pending", "met", "exempt"];

const rule = (finding) => page.rules[finding[RULE]];
const verdict = (finding) => page.names[finding[VERDICT]];
const status = (finding) => page.names[finding[STATUS]];
const subject = (finding) => finding[SUBJECT] ?? "(unknown)";
