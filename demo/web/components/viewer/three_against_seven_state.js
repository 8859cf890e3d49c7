// What the server has evaluated, and which of it is looked at.

/** @import { Network, Sheet, Wrong } from "./sent.d.ts" */

export const NAMES = ["3", "7"];

/** guess: a stop. @typedef {{ data: Sheet<Network>, pixels: Uint8Array, stop: number, network: number, digit: number, guess: number | "skipped" | null, drawn?: Network, arriving?: string }} State */

/** @param {State} state */
export const net = ({ data, network }) => data.networks[network];

/** @param {State} state */
export const epsilonOf = ({ data, stop }) => data.stops[stop];

/** The margin that a digit has left. @param {State} state @param {number} digit @param {number} stop */
export const leftOf = (state, digit, stop) => net(state).left[digit * state.data.stops.length + stop];

/** @param {State} state @param {number} digit @param {number} stop */
export function wrongAt(state, digit, stop) {
  const left = leftOf(state, digit, stop);
  return left < 0 || (left === 0 && state.data.labels[digit] === 1);
}

/** The chosen digit's at each stop. @param {State} state */
export function losses(state) {
  const stops = state.data.stops.length;
  const own = (/** @type {Float64Array} */ values) => values.subarray(state.digit * stops, (state.digit + 1) * stops);
  return { loss: own(net(state).loss), lossAtPoint: own(net(state).lossAtPoint) };
}

/** Of both classes. @param {Wrong} wrong */
export const sum = ([threes, sevens]) => threes + sevens;
