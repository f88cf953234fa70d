using System.Buffers;
using Ringwright.Core;

namespace Ringwright.Campaigns.Dialling;

/// <summary>What a target may be called at: a number, or a SIP URI. Whether anything is there the dial says.</summary>
public static class TargetAddress
{
    public const string NotOne = "it is neither a number in +E.164 form nor a SIP URI";
    /// <summary>Why a row of a list is nobody who is called.</summary>
    public const string Refused = "the row says that nobody is to call it", RefusedByAnother = "another row says that nobody is to call it";
    public const int MostCharacters = 255;

    /// <summary>Names of a target's second to fifth address, wherever they have names.</summary>
    public static IReadOnlyList<string> Further { get; } = ["destination_2", "destination_3", "destination_4", "destination_5"];

    private static readonly SearchValues<char> NeverInUri = SearchValues.Create(" \t\r\n\0<>\"\\^`{|}");

    /// <summary>A name of the telephone there: the same for both of its numbers, and for a number at some host.</summary>
    /// <param name="address">As it is compared.</param>
    public static string TelephoneOf(string address) =>
        OneTelephone.NameOf(E164.TryOfUri(address, out var number) ? number.Text : address);

    /// <param name="address">As it is compared: scheme and host in small letters.</param>
    public static bool TryParse(string text, out string address)
    {
        address = "";
        if (E164.TryParse(text, out var number))
        {
            address = number.Text;
            return true;
        }
        int colon = text.IndexOf(':', StringComparison.Ordinal), at = text.IndexOf('@', StringComparison.Ordinal);
        if (colon < 0 || text.Length > MostCharacters || text.AsSpan().ContainsAny(NeverInUri)) return false;
        string scheme = text[..colon].ToLowerInvariant();
        if (scheme is not ("sip" or "sips") || at <= colon + 1 || at == text.Length - 1) return false;
        int host = text.AsSpan(at).IndexOfAny(';', '?');
        int end = host < 0 ? text.Length : at + host;
        address = scheme + text[colon..at] + text[at..end].ToLowerInvariant() + text[end..];
        return true;
    }
}
