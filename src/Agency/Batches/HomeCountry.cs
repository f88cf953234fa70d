using System.Text.Json.Nodes;
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
        string? country = AgencyText.Text(body, Field);
        // As the column of a row: people have UK for GB.
        home = country is null ? null : new RowCountries(assumed: null).Of(country);
        return country is not null && home is null
            ? AgencyText.Bad(Field, $"{Field} is the two letters of a country, such as DE.") : null;
    }
}
