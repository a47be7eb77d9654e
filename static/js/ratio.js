// A ratio of two rates with its limits, in digits. Mirrors mapsvc/maps/sentences.py.

import { number } from "./format.js";

// With as many decimals as show on which side of 1 its limits are.
export function digits({ ratio, lower, upper }) {
  const unclear = (places) => [lower, upper].some((each) => {
    const rounded = Number(each.toFixed(places));
    return (rounded === 0 || rounded === 1) && each !== 0 && each !== 1;
  });
  let places = 2;
  while (places < 5 && unclear(places)) places += 1;
  return [ratio, lower, upper].map((each) => number(each, places));
}

// Whether there is a ratio with both limits: a rate of 0 to compare with leaves none.
export function whole({ ratio, lower, upper }) {
  return [ratio, lower, upper].every((each) => each !== null);
}
