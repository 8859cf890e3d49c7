// What the viewer's sentences say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { promised } from "../../demo/web/components/shared/losses.js";
import { chartHint, headline } from "../../demo/web/components/viewer/words.js";

const NAMES = ["lemur", "indri", "macaw", "lorikeet"];
const LEVELS = [0, 0.25, 0.458333, 1, 2];
const USUAL = {
  name: (/** @type {number} */ k) => NAMES[k], role: String, stop: 4, levels: LEVELS, level: 2,
  clean: /** @type {[number, number]} */ ([0, 0.932]), now: /** @type {[number, number]} */ ([0, 0.932]),
  target: null, targetNow: null, wrong: null, kind: "photographs", counterpart: null,
};

/** The headline's text. @param {Partial<Parameters<typeof headline>[0]>} view */
const said = (view) => headline({ ...USUAL, ...view }).replace(/<[^>]*>/g, "");

test("a step that is not enough says how far the confidence fell", () => {
  for (const [now, end] of /** @type {[number, string][]} */ ([
    [0.05, "still a lemur (5.0 %, down from 93.2 %)."],
    [0.99, "still a lemur (99.0 %, up from 93.2 %)."],
    [0.932, "still a lemur (93.2 %)."],
  ])) assert.equal(said({ now: [0, now] }), `A change of at most 2 in 255 is not enough: ${end}`);
});

test("a target that is missed says how far the confidence fell", () => {
  const sentence = said({ now: [0, 0.5], target: 2, targetNow: 0.3 });
  assert.match(sentence, /still a lemur \(50\.0 %, down from 93\.2 %\), not the macaw \(30\.0 %\)/);
});

/** At that stop, where a lemur at 96 % has become an indri at 62 %. @param {number} stop @param {Partial<Parameters<typeof headline>[0]>} view */
const attacked = (stop, view) => said({ stop, level: LEVELS[stop], clean: [0, 0.96], now: [1, 0.62], ...view });

/** The other network's answers at the stops, each with 71 %. @param {number[]} classes */
function counterpart(classes, training = "adversarial") {
  const flip = classes.findIndex((k) => k !== classes[0]);
  const top = classes.map((k) => /** @type {[number, number]} */ ([k, 0.71]));
  return { training, top, flip: flip < 0 ? null : flip };
}

const [HOLDS, FALLS, WRONG] = [[0, 0, 0, 0, 0], [0, 0, 1, 1, 0], [2, 2, 2, 2, 2]];

test("the networks are compared at the epsilon that is chosen", () => {
  for (const [other, stop, sentence] of /** @type {[number[], number, string][]} */ ([
    [HOLDS, 3, "The robust model still says lemur (71.0 %)."],
    [FALLS, 1, "The robust model still says lemur (71.0 %)."],
    [FALLS, 3, "The robust model falls too, from 0.46/255."],
    [FALLS, 4, "The robust model says lemur (71.0 %)."],
    [WRONG, 3, "The robust model is wrong before the attack: it says macaw (71.0 %)."],
  ])) {
    const whole = attacked(stop, { counterpart: counterpart(other) });
    assert.match(whole, /turns this lemur \(96\.0 %\) into an indri \(62\.0 %\)\. /);
    assert.ok(whole.endsWith(sentence), whole);
  }
});

test("only what falls beside a fallen network falls too", () => {
  const whole = attacked(3, { now: [0, 0.8], counterpart: counterpart(FALLS, "standard") });
  assert.ok(whole.endsWith("The standard model falls, from 0.46/255."), whole);
});

test("without an attack nothing is said of the other network", () => {
  assert.doesNotMatch(attacked(0, { counterpart: counterpart(HOLDS) }), /model/);
});

test("a network that is wrong before the attack does not make the other wrong", () => {
  const whole = attacked(3, { wrong: 2, counterpart: counterpart(WRONG, "standard") });
  assert.match(whole, /^Wrong before the attack: the network calls this lemur \(96\.0 %\)/);
  assert.ok(whole.endsWith("The standard model still says macaw (71.0 %)."), whole);
});

test("a name from a file is text, never a tag", () => {
  assert.match(headline({ ...USUAL, name: () => '<img src="x">' }), /&lt;img src=&quot;x&quot;&gt;/);
});

test("what stands below the chart belongs to the picture", () => {
  for (const [which, method, figure, extra, start] of /** @type {[string, string, object | null, { line: string } | null, RegExp][]} */ ([
    ["logits", "one", {}, { line: "It is bent." }, /^It is bent\.$/],
    ["logits", "one", null, null, /^Computing/],
    ["logits", "ten", null, null, /do not lie on one line/],
    ["confidence", "ten", null, null, /^Asking/],
  ])) assert.match(chartHint(which, { method }, figure, extra) ?? "", start);
});

test("the change of the loss is promised to first order and by a linear margin", () => {
  const [loss, norm] = [0.01, 400];
  for (const step of [0.007, -0.007]) {
    const { first, straight } = promised(loss, norm, step);
    const [margin, slope] = [-Math.log(Math.expm1(loss)), norm / (1 - Math.exp(-loss))];
    assert.equal(first, step * norm);
    assert.ok(Math.abs(straight - (Math.log1p(Math.exp(step * slope - margin)) - loss)) < 1e-6);
  }
  assert.equal(promised(0, 0, 0.1).straight, 0);
});
