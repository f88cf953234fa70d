using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Small things that this API's replies are made of.</summary>
internal static class AgencyText
{
    private const int ShortestNumber = 8, BeyondYear = 3000;
    private const string Day = "yyyy-MM-dd";

    /// <summary>Behind a time of day.</summary>
    private static readonly SearchValues<char> Offsets = SearchValues.Create("Zz+-");

    /// <summary>The database has six digits; this API cuts to milliseconds.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? at) => at is { } moment ? Time(moment) : null;

    /// <summary>
    /// A moment with its offset; null for what is none, and for one so far off that no time can be added to it or taken away. A time
    /// without its day would be of today, and of 03/04/2026 nobody knows the month: they are none.
    /// </summary>
    public static DateTimeOffset? Moment(string? text) => FirstDay(text) is not null && DateTimeOffset.TryParse(WithoutZone(text),
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && IsNear(at.Year)
            ? at : null;

    /// <summary>
    /// A day without a time, such as 2026-02-20, as calendars and fields of CRMs have it; null for anything else. By UTC it begins in the
    /// evening before where clocks are behind: whoever asks for it says by whose.
    /// </summary>
    public static DateOnly? DayAlone(string moment) =>
        DateOnly.TryParseExact(moment.AsSpan().Trim(), Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Whether a moment says how far its clock is from that of UTC.</summary>
    public static bool HasOffset(string moment) => moment.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
        && (moment.AsSpan(colon).ContainsAny(Offsets) || moment.TrimEnd().EndsWith("GMT", StringComparison.OrdinalIgnoreCase));

    /// <summary>Java and JavaScript say behind the offset whose it is (RFC 9557): <c>+01:00[Europe/Paris]</c>.</summary>
    private static ReadOnlySpan<char> WithoutZone(string? text)
    {
        var moment = text.AsSpan().TrimEnd();
        int zone = moment.IndexOf('[');
        return zone > 0 && moment[^1] is ']' && HasOffset(moment[..zone].ToString()) ? moment[..zone] : moment;
    }

    /// <summary>Its day is so far off that whoever must say one means never, as by 9999-12-31.</summary>
    public static bool IsFar(string moment) => FirstDay(moment) is { Year: >= BeyondYear };

    /// <summary>With which a text begins, such as 2026-02-20; null where it does not.</summary>
    private static DateOnly? FirstDay(string? text)
    {
        var first = text.AsSpan().TrimStart();
        if (first.Length > Day.Length) first = first[..Day.Length];
        return DateOnly.TryParseExact(first, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }

    public static bool IsNear(int year) => year is >= 1900 and < BeyondYear;

    public static Problem Bad(string field, string sentence) => new("validation_error", sentence) { Pointer = "/" + field };

    /// <summary>Small letters, digits and dashes.</summary>
    public static bool IsSlug(string text) =>
        text.Length is > 0 and <= 100 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>A language as BCP 47 writes it; systems that ask for a locale have de_DE.</summary>
    public static string? Language(string? text) => text?.Replace('_', '-');

    /// <summary>A slug that follows from a name and an id: nobody has the same.</summary>
    public static string SlugOf(string name, Guid id)
    {
        string letters = string.Concat(name.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '-'));
        string words = string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
        return $"{(words.Length > 60 ? words[..60].TrimEnd('-') : words)}-{id.ToString("N")[^8..]}".TrimStart('-');
    }

    public static bool IsZone(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId;

    /// <summary>The text of a field that was given; null also where it is given as null.</summary>
    public static string? Text(JsonObject body, string field) => (string?)body[field] is { } text && text.Trim() is { Length: > 0 } words
        ? words : null;

    /// <summary>Without what separates its digits: '+' and 7 to 15 digits, the first of which is no zero.</summary>
    /// <param name="home">Reads what has no '+'; null where each number must have one, or 00 in its place.</param>
    /// <returns>Null for what is no number.</returns>
    public static string? Number(string text, NationalNumbers? home = null) => Number(text, home, out _);

    /// <inheritdoc cref="Number(string, NationalNumbers?)"/>
    /// <param name="fault">What keeps it from being one, where it is not its length.</param>
    public static string? Number(string text, NationalNumbers? home, out NumberFault fault)
    {
        fault = NumberCell.Read(text, home, out string number);
        // As from abroad: 00 is no beginning of a number of any country.
        if (home is null && fault is NumberFault.NotANumber && TypedE164.TryRead(text, out var typed, out _))
            (fault, number) = (NumberFault.None, typed.Text);
        return fault is NumberFault.None && number.Length >= ShortestNumber ? number : null;
    }

    /// <summary>
    /// A number that somebody looks for, as it is kept; what is none stays as it was said. In a query a '+' that nobody escaped has become
    /// a space.
    /// </summary>
    public static string NumberOr(string text) => Number(text.StartsWith(' ') ? "+" + text.TrimStart() : text) ?? text;

    /// <summary>What is wrong with a list in the body of which a row has a field that nobody reads.</summary>
    /// <param name="noun">What a row is.</param>
    public static Problem? Stray(OperationContext op, JsonObject body, string list, string noun)
    {
        var shape = op.BodySchema?.FindProperty(list)?.FindItems();
        foreach (var (row, one) in body[list]!.AsArray().Index())       // required, and an array of objects
            if (one!.AsObject().FirstOrDefault(field => shape?.FindProperty(field.Key) is null) is { Key: { } unknown })
                return Bad($"{list}/{row}/{unknown}", $"There is no field '{unknown}' of {noun}.");
        return null;
    }
}
