using System.Buffers;

namespace Ringwright.Core;

/// <summary>A telephone number in international form: '+' and 3 to 15 digits (ITU-T E.164).</summary>
public readonly record struct E164
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    private E164(string text) => Text = text;

    /// <summary>With the leading plus sign.</summary>
    public string Text { get; }

    public static bool TryParse(ReadOnlySpan<char> text, out E164 number)
    {
        number = default;
        if (text.Length is < 4 or > 16 || text[0] != '+' || text[1] == '0' || text[1..].ContainsAnyExcept(Digits)) return false;
        number = new(text.ToString());
        return true;
    }

    public override string ToString() => Text ?? "";

    /// <summary>For logs: all but the last four digits hidden.</summary>
    public string Masked() => Mask(Text);

    /// <summary>Hides all but the last four characters of a number or address for logs.</summary>
    public static string Mask(string? text) =>
        text is null || text.Length <= 4 ? "****" : string.Concat("****", text.AsSpan(text.Length - 4));
}
