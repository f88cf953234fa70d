using System.Text.Json.Nodes;

namespace Ringwright.Agency.Billing;

/// <summary>
/// By which seconds the figures of an agency count what is billed of a call that was answered: no fewer than the first ones, and whole
/// steps. What a client pays is its plan's. Pure.
/// </summary>
/// <param name="Initial">Seconds, from 1 on; so is the next.</param>
internal sealed record BillingIncrement(int Initial, int Step)
{
    /// <summary>The agency's.</summary>
    public const string Setting = "billing_increment";

    private const string First = "initial", Next = "step";
    private const int Minute = 60, Longest = 3_600;

    /// <summary>Whole minutes.</summary>
    public static readonly BillingIncrement Usual = new(Minute, Minute);

    /// <param name="settings">The agency's; null where it has said nothing.</param>
    public static BillingIncrement Of(JsonObject? settings) => settings?[Setting] is JsonObject said
        ? new(SecondsOf(said[First]) ?? Minute, SecondsOf(said[Next]) ?? Minute) : Usual;

    /// <summary>What is wrong with the setting; null when nothing is.</summary>
    public static string? FaultOf(JsonNode setting) =>
        setting is JsonObject given && given.All(one => one.Key is First or Next && SecondsOf(one.Value) is > 0 and <= Longest) ? null
            : $"It is an object with {First} and {Next}, each 1 to {Longest} seconds.";

    private static int? SecondsOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out int seconds) ? seconds : null;
}
