namespace Ringwright.Calls;

/// <summary>A leg that an earlier start left alive, and how it is ended at its far end. Only the switch reads the text.</summary>
/// <param name="Leg">With <see cref="LegFacts.AnsweredAt"/> as it was when that start died.</param>
public sealed record KeptRecoveryBye(LegFacts Leg, string Text);
