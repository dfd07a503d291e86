//! Circles in a graph, and an order for what is left.

/// For each node the number of its circle: nodes that lead to each other share one. Numbers are in
/// order: an edge never leads to a smaller number. Kosaraju's algorithm, with stacks of its own so
/// that a long chain cannot exhaust the thread's.
#[must_use]
pub fn circles(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut backward = vec![Vec::new(); edges.len()];
    for (from, onward) in edges.iter().enumerate() {
        for to in onward {
            if let Some(list) = backward.get_mut(*to) {
                list.push(from);
            }
        }
    }
    let mut finished = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for node in 0..edges.len() {
        visit(edges, node, &mut seen, &mut finished);
    }
    let mut circle = vec![usize::MAX; edges.len()];
    let mut seen = vec![false; edges.len()];
    let mut count = 0;
    for node in finished.into_iter().rev() {
        let mut members = Vec::new();
        visit(&backward, node, &mut seen, &mut members);
        for member in &members {
            if let Some(number) = circle.get_mut(*member) {
                *number = count;
            }
        }
        count += usize::from(!members.is_empty());
    }
    circle
}

/// Depth first from a node; appends each node once all that it leads to is appended.
fn visit(edges: &[Vec<usize>], start: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
    let mut stack = vec![(start, 0)];
    match seen.get_mut(start) {
        Some(flag) if !*flag => *flag = true,
        _ => return,
    }
    while let Some((node, next)) = stack.pop() {
        match edges.get(node).and_then(|onward| onward.get(next)) {
            Some(to) => {
                stack.push((node, next + 1));
                if let Some(flag) = seen.get_mut(*to)
                    && !*flag
                {
                    *flag = true;
                    stack.push((*to, 0));
                }
            }
            None => finished.push(node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn circles_are_found_and_ordered() {
        assert_eq!(circles(&[vec![1], vec![2], vec![]]), [0, 1, 2]);
        let mutual = circles(&[vec![1], vec![0, 2], vec![2]]);
        assert_eq!(mutual[0], mutual[1]);
        assert!(mutual[2] > mutual[0]);
        assert!(circles(&[]).is_empty());
        let chain: Vec<Vec<usize>> = (0..100_000).map(|node| vec![(node + 1) % 100_000]).collect();
        assert!(circles(&chain).iter().all(|circle| *circle == 0));
    }
}
