// Times in the zone of the person one pretends to be, by the sandbox's clock.

const state = { zone: "UTC", offset: 0 };

/** Set the viewer's zone and the sandbox's present (seconds since 1970). */
export function setClock(zone, now) {
  state.zone = zone;
  state.offset = now - Date.now() / 1000;
}

export const now = () => Date.now() / 1000 + state.offset;

function format(seconds, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: state.zone, ...options }).format(new Date(seconds * 1000));
}

export const clockTime = (seconds) => format(seconds, { hour: "2-digit", minute: "2-digit" });
export const fullTime = (seconds) => format(seconds, { dateStyle: "full", timeStyle: "long" });
const dayKey = (seconds) => format(seconds, { year: "numeric", month: "2-digit", day: "2-digit" });
const weekday = (seconds) => format(seconds, { weekday: "long", day: "numeric", month: "long" });

/** "Today", "Yesterday", "Tomorrow", or what `otherwise` says. */
function relativeDay(seconds, otherwise) {
  for (const [days, word] of [[0, "Today"], [-1, "Yesterday"], [1, "Tomorrow"]]) {
    if (dayKey(seconds) === dayKey(now() + days * 86400)) return word;
  }
  return otherwise(seconds);
}

export const dayName = (seconds) => relativeDay(seconds, weekday);
export const weekdayName = weekday;

const lowered = (text, seconds, otherwise) => {
  const word = relativeDay(seconds, () => "");
  return word ? word.toLowerCase() : otherwise(seconds);
};

const short = (seconds) => format(seconds, { day: "numeric", month: "short", year: "numeric" });
const plain = (seconds) => format(seconds, { day: "numeric", month: "long", year: "numeric" });
const long = (seconds) => format(seconds, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function ago(seconds) {
  const minutes = Math.round((seconds - now()) / 60);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}

const TOKENS = {
  date_num: (seconds) => format(seconds, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
  date: plain,
  date_short: short,
  date_long: long,
  date_pretty: (seconds) => lowered("", seconds, plain),
  date_short_pretty: (seconds) => lowered("", seconds, short),
  date_long_pretty: (seconds) => lowered("", seconds, long),
  time: clockTime,
  time_secs: (seconds) => format(seconds, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** Slack's date pattern, such as "{date_short_pretty} {time}", filled in; the fallback when it names anything else. */
export function fillPattern(pattern, seconds, fallback) {
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!TOKENS[name]) known = false;
    return TOKENS[name] ? TOKENS[name](seconds) : whole;
  });
  return known && Number.isFinite(seconds) ? text.charAt(0).toUpperCase() + text.slice(1) : fallback;
}

/** Seconds until the next morning at seven in the viewer's zone. */
export function untilMorning() {
  const parts = format(now(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).split(":").map(Number);
  const sinceMidnight = parts[0] * 3600 + parts[1] * 60 + parts[2];
  const left = 7 * 3600 - sinceMidnight;
  return left > 0 ? left : left + 86400;
}
