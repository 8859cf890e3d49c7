// J = softplus(−M): the loss of a margin.

/** @param {number} t */
export const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/**
 * How J moves, to first order and if the margin M were linear in x. J = softplus(−M), so M and
 * ‖∇M‖₁ = ‖∇J‖₁ / σ(−M) are known from J and ‖∇J‖₁.
 * @param {number} loss J
 * @param {number} norm ‖∇J‖₁
 * @param {number} step +ε up the loss, −ε toward a target
 */
export function promised(loss, norm, step) {
  const [margin, slope] = [-Math.log(Math.expm1(loss)), norm / -Math.expm1(-loss)];
  return { first: step * norm, straight: loss > 0 ? softplus(step * slope - margin) - loss : 0 };
}
