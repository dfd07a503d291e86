//! Fewer runs than all combinations, and yet each pair of values in at least one of them.

/**
 * Chooses from `rows` until each pair of values of two factors that stands in any row stands in a
 * chosen one. The same rows give the same choice.
 */
export function pairwise(rows, factors) {
  const wanted = new Set(rows.flatMap((row) => pairsOf(row, factors)));
  const left = [...rows];
  const chosen = [];
  while (wanted.size > 0) {
    let best = 0;
    let most = -1;
    for (const [place, row] of left.entries()) {
      const gain = pairsOf(row, factors).filter((pair) => wanted.has(pair)).length;
      if (gain > most) [best, most] = [place, gain];
    }
    const [row] = left.splice(best, 1);
    for (const pair of pairsOf(row, factors)) wanted.delete(pair);
    chosen.push(row);
  }
  return chosen;
}

function pairsOf(row, factors) {
  const pairs = [];
  for (const [place, one] of factors.entries()) {
    for (const other of factors.slice(place + 1)) {
      pairs.push(`${one}=${row[one]} ${other}=${row[other]}`);
    }
  }
  return pairs;
}
