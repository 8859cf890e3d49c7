// Numbers, as a reader gets them.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as numbers from "../../demo/web/components/shared/numbers.js";

/** @type {Record<string, [unknown[], string][]>} */
const TABLES = {
  percent: [[[0.932], "93.2 %"], [[1], "100.0 %"], [[0.9999], "over 99.9 %"], [[0.0001], "under 0.1 %"], [[0], "0.0 %"], [[null], "…"]],
  levels: [[[1.785], "1.8"], [[2], "2"], [[0.458333], "0.46"]],
  fraction: [[[0.007], ".0070"], [[0], "0"]],
  short: [[[0.007], ".007"], [[0.25], ".25"], [[0], "0"]],
  amount: [[[63.75, "digits"], ".25"], [[2, "photographs"], "2/255"]],
  nats: [[[2], "2.000"], [[0.00012], "0.00012"], [[0], "0.000"]],
  change: [[[-2.1234], "−2.123"], [[2], "+2.000"]],
  margin: [[[-1.2], "−1.20"]],
  count: [[[10000], "10,000"]],
  fourDigits: [[[0], "0"], [[-0.5], "−.5000"], [[12345.6], "12,346"], [[3.14159], "3.142"]],
  plainly: [[[0.007], ".007"], [[0.05], ".05"], [[1785], "1790"]],
  scientific: [[[-0.0000038, 1], "−3.8 × 10⁻⁶"], [[0, 1], "0"]],
  number: [[[-0.0012], "−1.2 × 10⁻³"], [[13.54], "13.5"], [[0.00024, 2], "2.40 × 10⁻⁴"], [[0], "0"], [[123456], "1.2 × 10⁵"]],
  bracketed: [[[-1.2], "(−1.2)"], [[13.54], "13.5"], [[0], "0"]],
};

for (const [name, table] of Object.entries(TABLES)) {
  test(`${name} is written so`, () => {
    const written = /** @type {Record<string, any>} */ (numbers)[name];
    for (const [given, words] of table) assert.equal(written(...given), words);
  });
}

test("the nearest stop is the first of equals, and by ratio where it is asked", () => {
  assert.equal(numbers.nearest([0, 1, 2], 1.5), 1);
  assert.equal(numbers.nearest([1, 10, 100], 40), 1);
  assert.equal(numbers.nearest([1, 10, 100], 40, Math.log), 2);
});
