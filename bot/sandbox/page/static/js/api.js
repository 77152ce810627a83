// Talking to the sandbox. The token of an exposed page comes from the address and never leaves in a Referer.

const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? sessionStorage.getItem("token") ?? "";
if (token) sessionStorage.setItem("token", token);
const headers = token ? { "X-Sandbox-Token": token } : {};

async function answer(response) {
  if (!response.ok) throw new Error((await response.text()) || `The sandbox answered ${response.status}.`);
  return response.json();
}

export async function read(path, query) {
  return answer(await fetch(`/sandbox/api/${path}?${new URLSearchParams(query)}`, { headers }));
}

export async function act(path, body) {
  return answer(
    await fetch(`/sandbox/api/${path}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

/** Give a file to the workspace as a person; resolves to its id. */
export async function upload(as, file) {
  const content = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("The file could not be read."));
    reader.readAsDataURL(file);
  });
  return (await act("upload", { as, name: file.name, content })).id;
}

/** Call `changed` whenever the sandbox has news; `connected(false)` while it cannot be reached. */
export function listen(changed, connected) {
  const source = new EventSource(`/sandbox/api/events${token ? `?token=${encodeURIComponent(token)}` : ""}`);
  source.onmessage = changed;
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
}
