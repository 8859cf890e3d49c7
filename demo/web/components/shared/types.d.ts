// What several modules speak of: Plotly as far as it is used here, and what this app keeps in the window.

export interface Axis {
  _offset: number;
  _length: number;
  l2p(value: number): number;
  p2l(pixels: number): number;
  d2p(value: number): number;
}

export interface Trace {
  name: string;
  visible: boolean;
  showlegend?: boolean;
  line: { color: string; width: number; dash?: string };
  y: number[];
}

export interface Layout {
  [key: string]: any;
}

export interface Figure {
  data: Trace[];
  layout: Layout;
}

/** The element that Plotly draws in. */
export interface Plot extends HTMLElement {
  _fullLayout?: { width: number; height: number; xaxis: Axis; yaxis: Axis; yaxis2: Axis };
  _fullData?: { uid: string; y: number[] }[];
  on(event: string, heard: () => void): void;
  removeAllListeners(event: string): void;
}

export interface Plotly {
  react(plot: HTMLElement, data: Trace[], layout: Layout, config: object): Promise<void>;
  restyle(plot: HTMLElement, changes: object, traces: number[]): void;
  Plots: { resize(plot: HTMLElement): void };
}

/** A result that came later than the pictures. */
export interface Feed {
  kind: string;
  id: string;
  [key: string]: any;
}

declare global {
  interface Window {
    Plotly: Plotly;
    fgsmPlotly?: Promise<Plotly>;
    /** The newest of each kind. */
    fgsmFeeds?: Record<string, Feed>;
    /** 255 * epsilon, as the viewer shows it. */
    fgsmLevel?: number;
    fgsmShrinks?: boolean;
    fgsmDocument?: { again: () => void };
  }
  interface WindowEventMap {
    "fgsm-feed": CustomEvent<{ kind: string }>;
    "fgsm-go": CustomEvent<{ level: number }>;
    "fgsm-level": CustomEvent<null>;
  }
}
