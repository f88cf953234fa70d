using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Telnyx.Texml;

/// <summary>The country of a party's number, by the numbering plans of the world.</summary>
internal static class PartyCountry
{
    /// <returns>ISO 3166 alpha-2; empty for what is no number, and for a number of no country.</returns>
    public static string Of(string party) =>
        E164.TryParse(party, out var number) ? NumberingPlans.Load().Classify(number).Country ?? "" : "";
}
