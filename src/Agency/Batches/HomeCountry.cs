using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>In which country the numbers of a list are dialled as they stand, where they have no '+'.</summary>
internal static class HomeCountry
{
    public const string Field = "default_country";

    /// <summary>As the body of a list says it.</summary>
    /// <param name="home">Null where it says nothing.</param>
    /// <returns>What is wrong with it.</returns>
    public static Problem? Read(JsonObject body, out NationalNumbers? home)
    {
        home = null;
        return AgencyText.Text(body, Field) is { } country && !NationalNumbers.TryOf(NumberingPlans.Load(), country, out home)
            ? AgencyText.Bad(Field, $"{Field} is the two letters of a country, such as DE.") : null;
    }
}
