namespace Ringwright.Calls;

/// <summary>
/// Countries whose numbers share channels: those of a tenant that are paid by channel have together as many calls at a time as it has
/// channels in their zone.
/// </summary>
public sealed record ChannelZone
{
    private ChannelZone(string name, params (string Country, string Code)[] countries) =>
        (Name, Codes) = (name, countries.ToDictionary(c => c.Country, c => c.Code, StringComparer.Ordinal));

    public static readonly ChannelZone UnitedStates = new("united_states", ("US", "+1"));

    /// <summary>The European Union.</summary>
    public static readonly ChannelZone Euro = new("euro",
        ("AT", "+43"), ("BE", "+32"), ("BG", "+359"), ("CY", "+357"), ("CZ", "+420"), ("DE", "+49"), ("DK", "+45"), ("EE", "+372"),
        ("ES", "+34"), ("FI", "+358"), ("FR", "+33"), ("GR", "+30"), ("HR", "+385"), ("HU", "+36"), ("IE", "+353"), ("IT", "+39"),
        ("LT", "+370"), ("LU", "+352"), ("LV", "+371"), ("MT", "+356"), ("NL", "+31"), ("PL", "+48"), ("PT", "+351"), ("RO", "+40"),
        ("SE", "+46"), ("SI", "+386"), ("SK", "+421"));

    /// <summary>A country is in one of them at most.</summary>
    public static readonly IReadOnlyList<ChannelZone> All = [UnitedStates, Euro];

    /// <summary>By which it is stored; never changes.</summary>
    public string Name { get; }

    /// <summary>The calling code of each country, ISO 3166 alpha-2.</summary>
    public IReadOnlyDictionary<string, string> Codes { get; }

    /// <summary>Null for a number of another country.</summary>
    public static ChannelZone? Of(Number number) => Of(number.Text, number.Country);

    /// <inheritdoc cref="Of(Number)"/>
    /// <param name="text">+E.164.</param>
    /// <param name="country">Null when nobody said: then its calling code does.</param>
    public static ChannelZone? Of(string text, string? country)
    {
        foreach (var zone in All)
            if (zone.CountryOf(text, country) is not null) return zone;
        return null;
    }

    /// <summary>The country of a number of this zone; null when it is of none.</summary>
    public string? CountryOf(string text, string? country)
    {
        if (country is not null) return Codes.ContainsKey(country) ? country : null;
        foreach (var (own, code) in Codes)
            if (text.StartsWith(code, StringComparison.Ordinal)) return own;
        return null;
    }
}
