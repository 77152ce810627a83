// The emoji an app of this kind uses. A name that is not known stays as it was written.

const KNOWN = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫", warning: "⚠️",
  rotating_light: "🚨", hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", clock1: "🕐", bell: "🔔",
  lock: "🔒", unlock: "🔓", key: "🔑", memo: "📝", pencil: "📝", pencil2: "✏️", clipboard: "📋", package: "📦",
  truck: "🚚", factory: "🏭", moneybag: "💰", chart_with_upwards_trend: "📈", bar_chart: "📊", calendar: "📅",
  mag: "🔍", link: "🔗", eyes: "👀", wave: "👋", tada: "🎉", raised_hand: "✋", thumbsup: "👍", "+1": "👍",
  thumbsdown: "👎", "-1": "👎", pray: "🙏", fire: "🔥", zap: "⚡", question: "❓", exclamation: "❗", robot_face: "🤖",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", red_circle: "🔴", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", arrows_counterclockwise: "🔄", arrow_right: "➡️", arrow_up: "⬆️",
  leftwards_arrow_with_hook: "↩️", speech_balloon: "💬", information_source: "ℹ️", bust_in_silhouette: "👤",
  busts_in_silhouette: "👥", shopping_trolley: "🛒", receipt: "🧾", label: "🏷️", construction: "🚧", hammer_and_wrench: "🛠️",
};

/** The text with :names: replaced. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => (Object.hasOwn(KNOWN, name) ? KNOWN[name] : whole));
}
