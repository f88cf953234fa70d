using System.Collections.Frozen;
using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Agency.Talking;

/// <summary>Whether all who talk must agree to a recording of it, as far as their numbers tell. Pure.</summary>
internal static class ConsentOfAll
{
    private const string Country = "US", Code = "+1";
    private const int EndOfAreaCode = 5;

    private static readonly Lazy<FrozenSet<string>> AreaCodes = new(static () => AgencyContract.ReadAllPartyStates().Values
        .SelectMany(static codes => codes.Split(',')).ToFrozenSet(StringComparer.Ordinal));

    /// <param name="party">The number of one who talks, or anything else that can be called.</param>
    /// <returns>False only of a number of a state in which one of two is enough: nobody knows of others.</returns>
    public static bool IsAskedOf(string party) =>
        !E164.TryParse(party, out var number) || NumberingPlans.Load().Classify(number).Country is not Country
        || number.Text.Length < EndOfAreaCode || AreaCodes.Value.Contains(number.Text[Code.Length..EndOfAreaCode]);
}
