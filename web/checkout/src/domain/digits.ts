/** Digits as people type and paste them: every script's count, as they do for the API. */

const IS_DIGIT = /\p{Nd}/u;

/** Unicode keeps a script's ten digits together from zero on, so the distance to the first of its run tells the value. */
function decimalOf(digit: string): number {
  const at = digit.codePointAt(0) as number;
  let first = at;
  while (IS_DIGIT.test(String.fromCodePoint(first - 1))) first--;
  return (at - first) % 10;
}

/** `text` with every decimal digit as 0 to 9. */
export function asciiDigits(text: string): string {
  return text.replace(/(?!\d)\p{Nd}/gu, (digit) => String(decimalOf(digit)));
}

/** The digits of `text` alone. */
export function digitsOf(text: string): string {
  return asciiDigits(text).replace(/\D/g, '');
}
