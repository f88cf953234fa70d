using System.Buffers;
using Ringwright.Calls;
using Ringwright.Sip.Messages;
using CustomHeader = Ringwright.Calls.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>The headers that customers see and may set: X-…, P-…, User-to-User and Diversion. All others belong to the protocol.</summary>
internal static class CustomHeaders
{
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");

    public static IReadOnlyList<CustomHeader> Of(SipRequest invite)
    {
        List<CustomHeader> found = [];
        foreach (var line in invite.Lines)
        {
            if (found.Count == Limits.CustomHeaders) break;
            string name = line.Name.AsText();
            if (IsCustomer(name)) found.Add(new(name, line.Value.AsText()));
        }
        return found;
    }

    /// <summary>Those that may go out, without control characters in their values.</summary>
    public static IEnumerable<CustomHeader> Sendable(IReadOnlyList<CustomHeader> headers)
    {
        foreach (var (name, value) in headers.Take(Limits.CustomHeaders))
            if (IsCustomer(name)) yield return new(name, string.Concat(value.Where(c => !char.IsControl(c))));
    }

    private static bool IsCustomer(string name) =>
        name.Length is > 0 and <= 128 && !name.AsSpan().ContainsAnyExcept(NameChars)
        && (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("P-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("User-to-User", StringComparison.OrdinalIgnoreCase) || name.Equals("Diversion", StringComparison.OrdinalIgnoreCase));
}
