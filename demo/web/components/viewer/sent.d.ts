// What the server sends to the viewer, and what the viewer keeps; in Python: viewer/sent.py.

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
