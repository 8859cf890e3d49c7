// What the server has evaluated, and which of it is looked at.

/** @import { Figure } from "../shared/types.d.ts" */

export const NAMES = ["3", "7"];

/** Wrong answers by class: threes, sevens. @typedef {[number, number]} Wrong */

/**
 * One training's model. At each stop: wrong answers, margins' falls. Of the sheet's digits: left,
 * the margin at each stop, and the derivation.
 * @typedef {object} Sent
 * @property {string} name
 * @property {string} word
 * @property {string} title
 * @property {string} weights
 * @property {string} signs
 * @property {string} left
 * @property {number} ownWhite the weight that is white in its own picture
 * @property {number} white in the three pictures side by side
 * @property {number} small share of weights almost 0
 * @property {number} l1
 * @property {number | null} allWrong the stop
 * @property {number} digits
 * @property {Wrong[]} formula
 * @property {Wrong[]} unclipped
 * @property {Wrong[]} clipped
 * @property {number[]} fall
 * @property {number[]} freeFall
 * @property {number[]} difference
 * @property {number[]} penalty
 * @property {number[]} rise
 * @property {number[]} faded
 * @property {{ clean: number, fgsm: number, digits: number }} test
 * @property {Record<string, number[]> & { loss: string, lossAtPoint: string }} derivation
 * @property {Figure} figure
 */
/** @typedef {Omit<Sent, "weights" | "signs" | "left"> & { weights: Float32Array, signs: Int8Array, left: Float32Array, loss: Float64Array, lossAtPoint: Float64Array }} Network */

/**
 * @template Model
 * @typedef {object} Sheet
 * @property {string} id
 * @property {number[]} stops epsilon
 * @property {number[]} levels 255 * epsilon, as saved
 * @property {number} sheet
 * @property {number} sheets
 * @property {number} start the first digit's number
 * @property {string} pixels
 * @property {number[]} labels
 * @property {Wrong} each digits of each class
 * @property {Model[]} networks
 * @property {Record<string, string>} words
 */

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
