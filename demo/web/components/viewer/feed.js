// A result that came later than the pictures: kept for a viewer that is not there yet, and announced.

export default function ({ data }) {
  if (!data) return;
  window.fgsmFeeds = { ...window.fgsmFeeds, [data.kind]: data };
  window.dispatchEvent(new CustomEvent("fgsm-feed", { detail: { kind: data.kind } }));
}
