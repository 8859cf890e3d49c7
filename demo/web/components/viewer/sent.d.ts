// What the server sends, and what the viewer keeps. The interfaces that Python has too, under the same
// names, are in sent.py; what their parts mean is said there.

import type { Tell } from "../shared/component.js";
import type { Feed, Figure } from "../shared/types.d.ts";

/** A class and its confidence. */
export type Answer = [number, number];

export interface Opening {
  id: string;
  kind: string;
  size: number;
  channels: number;
  names: string[];
  method: string;
  network: string;
  device: string;
  recorded: boolean;
  milliseconds: number;
  picture: string;
  own: boolean;
  clean: string;
  signs: string;
  levels: number[];
  saved: number[];
  fraction: number;
  level: number;
  label: number;
  target: number | null;
  gradientNorm: number;
  cleanAnswer: Answer;
  perturbationAnswer: Answer;
  adversarial: { level: number; answer: Answer };
  truth: number;
  chosen: string;
  followed: number;
  complaint: string;
  against: string | null;
  training: string;
  wrong: number | null;
  told: number | null;
}

/** "Does it survive?" */
export interface Survival {
  kind: string;
  ten: boolean;
  stops: number[];
  attacked: Cell[];
  rows: Row[];
  said: string;
  figure: Figure | null;
  table: Table | null;
}

/** A class's name, its confidence, and the verdict. */
export type Cell = [string, number, string];

export interface Row {
  title: string;
  cells: Cell[];
  sheet: string;
  group?: string;
}

export interface Table {
  networks: string[];
  what: string;
  pictures: number;
  changed: number[][][];
}

export interface Growth {
  ns: number[];
  ms: number[];
  epsilons: number[];
  figure: Figure;
  first: number[];
  slopes: { worst: string; blind: string };
  fitted: string;
  decisive: number;
  jumps: [string, number][];
  usual: Record<Slider, number>;
  start: Record<Slider, number>;
}

export type Slider = "n" | "m" | "epsilon";

export interface Colours {
  id: string;
  size: number;
  clean: string;
  gradient: string;
  names: string[];
  counts: number[];
  without: number;
  title: string;
}

export interface HiddenL1 {
  one: Shown;
  batch: string | null;
  kind: string;
  alpha: number;
  epsilon: number;
  of: string;
}

export interface Shown {
  name: string;
  count: number;
  heading: [string, string][];
  epsilons: number[];
  loss: number;
  norm: number;
  margin: number;
  slope: number;
  free: number;
  adversarial: number[];
  clipped: number[];
  straight: number[];
  lossRatio: (number | null)[];
  figures: { objective: Figure; ratio: Figure };
}

/** Three against seven: digits, and the models that answer them. */
export interface Sheet<Kind = Model> {
  id: string;
  stops: number[];
  levels: number[];
  sheet: number;
  sheets: number;
  start: number;
  pixels: string;
  labels: number[];
  each: Wrong;
  networks: Kind[];
  words: Record<string, string>;
}

/** Wrong answers by class: threes, sevens. */
export type Wrong = [number, number];

export interface Model {
  name: string;
  word: string;
  title: string;
  weights: string;
  signs: string;
  ownWhite: number;
  white: number;
  small: number;
  l1: number;
  allWrong: number | null;
  digits: number;
  formula: Wrong[];
  unclipped: Wrong[];
  clipped: Wrong[];
  fall: number[];
  freeFall: number[];
  difference: number[];
  penalty: number[];
  rise: number[];
  faded: number[];
  test: { clean: number; fgsm: number; digits: number };
  left: string;
  derivation: Record<string, number[]> & { loss: string; lossAtPoint: string };
  figure: Figure;
}

/** A model whose arrays are unpacked. */
export interface Network extends Omit<Model, "weights" | "signs" | "left"> {
  weights: Float32Array;
  signs: Int8Array;
  left: Float32Array;
  loss: Float64Array;
  lossAtPoint: Float64Array;
}

export interface Answers extends Feed {
  top: Answer[][];
  saved: Answer[];
  roles: Record<number, string>;
  savedRow: number[];
  runs: [number, number, number][];
  loss: number[];
  target: number[] | null;
  flip: number | null;
  notes: string[];
  figure: Figure | null;
  csv: string;
  clipped: number[];
  largest: number[];
  change?: string;
}

export interface Counterpart extends Feed {
  training: string;
  /** At each stop. */
  top: Answer[];
  /** The first stop with another answer. */
  flip: number | null;
  figure: Figure | null;
}

/** What is looked at, beyond the curve. */
export interface Extra extends Feed {
  what: string[];
  confidence?: Figure;
  logits?: Figure;
  line?: string;
}

/** Between a drag and the pixels. The opening is there before anything is drawn. */
export interface State {
  data: Opening;
  /** Of epsilon. */
  stop: number;
  answers: Answers | null;
  counterpart: Counterpart | null;
  extra: Extra | null;
  size: number;
  chart: string;
  control: boolean;
  tell: Tell;
  clean: Uint8ClampedArray<ArrayBuffer>;
  signs: Int8Array;
  /** Ten steps: of all stops. */
  change: Int16Array | null;
  pixels: ImageData;
  noise: ImageData;
  /** The picture whose bytes are being unpacked. */
  arriving?: string;
  /** What was asked for last. */
  asked?: string;
  /** The kind of picture whose epsilon somebody chose. */
  chosen?: string;
}
