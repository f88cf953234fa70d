using System.Buffers;

namespace Ringwright.Core;

/// <summary>A telephone number in international form: '+' and 3 to 15 digits (ITU-T E.164).</summary>
public readonly record struct E164
{
    private const string VisualSeparators = "-.() ";

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

    /// <summary>Whether numbers may begin so: a plus, and up to all of their digits. The plus alone is every number.</summary>
    public static bool IsBeginning(ReadOnlySpan<char> text) =>
        text is ['+', .. { Length: <= 15 } digits] && digits is not ['0', ..] && !digits.ContainsAnyExcept(Digits);

    /// <summary>
    /// The number of a <c>tel:</c> URI, or of the user part of a SIP URI: in international form, with visual separators or not, or with a
    /// <c>phone-context</c> that says what stands in front of it (RFC 3966).
    /// </summary>
    public static bool TryOfUri(string uri, out E164 number)
    {
        number = default;
        int start = uri.IndexOf(':', StringComparison.Ordinal) + 1, at = uri.IndexOf('@', StringComparison.Ordinal);
        if (start == 0 || at >= 0 && at < start) return false;
        string[] parts = (at < 0 ? uri[start..].Split('?')[0] : uri[start..at]).Split(';');
        string digits = Plain(parts[0]);
        if (digits.StartsWith('+')) return TryParse(digits, out number);
        const string context = "phone-context=";
        string? before = parts.Skip(1).FirstOrDefault(part => part.StartsWith(context, StringComparison.OrdinalIgnoreCase));
        return before is not null && TryParse(Plain(before[context.Length..]) + digits, out number);
    }

    /// <summary>Unescaped, and without a password behind it.</summary>
    private static string Plain(string text) =>
        string.Concat(Uri.UnescapeDataString(text).Split(':')[0].Where(letter => !VisualSeparators.Contains(letter)));

    public override string ToString() => Text ?? "";

    /// <summary>For logs: all but the last four digits hidden.</summary>
    public string Masked() => Mask(Text);

    /// <summary>Hides all but the last four characters of a number or address for logs.</summary>
    public static string Mask(string? text) =>
        text is null || text.Length <= 4 ? "****" : string.Concat("****", text.AsSpan(text.Length - 4));
}
