/** Round numbers for an axis. */

const STEPS = [1, 2, 2.5, 5, 10];
const MAX_TICKS = 4;

/** Ticks from 0 upwards, evenly spaced, the last at least `largest`; whole numbers. */
export function ticksFor(largest: number): number[] {
  const rough = Math.max(largest, 1) / MAX_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, (STEPS.find((each) => each * power >= rough) ?? 10) * power);
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Which of `count` labels to write so that at most `most` are, evenly, the last always. */
export function labelled(count: number, most: number): (index: number) => boolean {
  const every = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return (index) => (count - 1 - index) % every === 0;
}
