namespace Ringwright.Admission.Numbering;

/// <summary>
/// What the codes of the North American plan (+1) mean by themselves, whatever country a number is in: some of them cost what whoever has
/// the number, or the caller's long-distance carrier, says.
/// </summary>
internal static class NanpClasses
{
    public const string CallingCode = "1";

    private const int NationalDigits = 10;

    /// <summary>Codes for services that are of no place (5XX): followed from phone to phone, or of machines.</summary>
    private static readonly string[] Personal =
        ["500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533", "544", "566", "577", "588"];

    /// <param name="national">The digits behind +1.</param>
    /// <returns>Null for a number without such a meaning.</returns>
    public static NumberType? TypeOf(ReadOnlySpan<char> national)
    {
        if (national.Length != NationalDigits) return null;
        ReadOnlySpan<char> area = national[..3], exchange = national[3..6];
        if (area[1..] is "11") return NumberType.Service;
        if (area is "900" or "976") return NumberType.Premium;
        if (area is "700") return NumberType.CarrierService;
        if (area is "710") return NumberType.Government;
        if (Personal.AsSpan().Contains(area.ToString())) return NumberType.Personal;
        // In every area code, but not behind freephone's, whose seven digits are its owner's choice.
        return exchange is "976" && !(area[0] == '8' && area[1] == area[2]) ? NumberType.Premium : null;
    }
}
