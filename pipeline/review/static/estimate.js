// Wilson's interval, for the page that stands alone; the program's own is pipeline/review/estimate.py, and a test holds
// the two together.

const Z = 1.959963984540054;

export function wilson(wrong, judged, population) {
  if (judged === 0) return [0, 1];
  const squared = Z * Z * (population > 1 ? (population - judged) / (population - 1) : 0);
  const share = wrong / judged;
  const centre = share + squared / (2 * judged);
  const spread = Math.sqrt(squared * ((share * (1 - share)) / judged + squared / (4 * judged * judged)));
  const scale = 1 + squared / judged;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

export function estimateOf(population, judged, wrong, margin) {
  const [low, high] = wilson(wrong, judged, population);
  const share = judged ? wrong / judged : 0;
  return { population, judged, wrong, share, low, high, more: moreNeeded(population, judged, wrong, margin) };
}

function moreNeeded(population, judged, wrong, margin) {
  const narrow = (many, bad) => {
    const [low, high] = wilson(bad, many, population);
    return (high - low) / 2 <= margin;
  };
  if (judged && narrow(judged, wrong)) return 0;
  const expected = (wrong + (Z * Z) / 2) / (judged + Z * Z);
  let least = judged;
  let most = population;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (narrow(middle, expected * middle)) most = middle;
    else least = middle;
  }
  return most - judged;
}
