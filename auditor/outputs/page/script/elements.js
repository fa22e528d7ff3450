// Elements from data: texts are only ever text.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const number = (value) => value.toLocaleString("en-US");
const moment = (iso) => element("time", { datetime: iso }, iso.replace("T", " ").replace(/Z$/, ""));

// A length of time in two units at most, as `wording.py` writes it.
function span(seconds) {
  const whole = Math.floor(seconds);
  const two = (size, unit, rest) => `${Math.floor(whole / size)} ${unit}${rest}`;
  const pad = (count, unit) => (count ? ` ${String(count).padStart(2, "0")} ${unit}` : "");
  if (whole < 1) return seconds ? "less than 1 s" : "0 s";
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(60, "min", pad(whole % 60, "s"));
  if (whole < 3 * 86400) return two(3600, "h", pad(Math.floor(whole / 60) % 60, "min"));
  const hours = Math.floor(whole / 3600) % 24;
  return two(86400, "d", hours ? ` ${hours} h` : "");
}
