// A result that came later than the pictures: kept for a viewer that is not there yet, and announced.

/** @import { Feed } from "../shared/types.d.ts" */

/** @param {{ data: Feed | null }} call */
export default function ({ data }) {
  if (!data) return;
  window.fgsmFeeds = { ...window.fgsmFeeds, [data.kind]: data };
  window.dispatchEvent(new CustomEvent("fgsm-feed", { detail: { kind: data.kind } }));
}
