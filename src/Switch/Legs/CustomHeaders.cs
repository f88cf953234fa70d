using System.Buffers;
using System.Text;
using Ringwright.Calls;
using Ringwright.Sip.Messages;
using CustomHeader = Ringwright.Calls.CustomSipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The headers that customers see: X-…, P-…, User-to-User and Diversion; they may set all but <see cref="ReservedHeaders"/>.
/// Those of these say who calls and who pays: they are written by us. So do a few X-… by which carriers vouch for a caller
/// (<see cref="CallerAttestation.Headers"/>): these are a trunk's or nobody's.
/// </summary>
internal static class CustomHeaders
{
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");

    /// <param name="secret">A value whose header is left out.</param>
    public static IReadOnlyList<CustomHeader> Of(SipMessage message, string? secret = null)
    {
        List<CustomHeader> found = [];
        foreach (var line in message.Lines)
        {
            if (found.Count == Limits.CustomHeaders) break;
            if (!MayBeSeen(line.Name)) continue;
            string name = line.Name.AsText();
            if (IsSeen(name) && line.Value.AsText() is var value && value != secret) found.Add(new(name, value));
        }
        return found;
    }

    /// <summary>Of a call from outside. A stranger's word on who he is is not shown as if a carrier had said it.</summary>
    public static IReadOnlyList<CustomHeader> OfNetwork(SipRequest invite, bool isProven, bool isByTrunk)
    {
        List<CustomHeader> found = [];
        foreach (var line in invite.Lines)
        {
            if (found.Count == Limits.CustomHeaders) break;
            if (!MayBeSeen(line.Name)) continue;
            string name = line.Name.AsText();
            if (CallerAttestation.Headers.Contains(name) ? isByTrunk : IsSeen(name) && !Diversions.Is(name)
                && (isProven || !name.StartsWith("P-", StringComparison.OrdinalIgnoreCase))) found.Add(new(name, line.Value.AsText()));
        }
        found.AddRange(Diversions.ShownTo(invite));
        return found;
    }

    /// <summary>Those that one party's equipment may say to the other's.</summary>
    /// <param name="isFromNetwork">A carrier's word on who sent the call on goes with it, a customer's does not.</param>
    public static IReadOnlyList<CustomHeader> Passed(SipRequest invite, bool isFromNetwork) =>
        [.. Of(invite).Where(h => IsCustomers(h.Name) && !h.Name.EndsWith("-Token", StringComparison.OrdinalIgnoreCase)),
            .. isFromNetwork ? Diversions.BroughtBy(invite) : []];

    /// <summary>What whoever was called says by them.</summary>
    public static IReadOnlyList<CustomHeader> Answered(SipResponse final) => [.. Of(final).Where(h => IsCustomers(h.Name))];

    /// <summary>
    /// Those that may go out, without control characters in their values. One that has become longer than a line may be stays behind: of
    /// what a phone says each byte that is no UTF-8 is three here, and with it nothing could be sent at all. So does one that is too much
    /// beside those before it: no message could hold them all.
    /// </summary>
    public static IEnumerable<CustomHeader> Sendable(IReadOnlyList<CustomHeader> headers)
    {
        int left = Limits.CustomHeaderBytes;
        foreach (var (name, value) in headers.Take(Limits.CustomHeaders))
        {
            if (!IsToken(name) || ReservedHeaders.Has(name)) continue;
            string text = string.Concat(value.Where(c => !char.IsControl(c)));
            int line = name.Length + ": ".Length + Encoding.UTF8.GetByteCount(text);
            if (line > Sip.Limits.HeaderLineBytes || line > left) continue;
            left -= line;
            yield return new(name, text);
        }
    }

    /// <summary>All that are seen, and those of carriers, begin so; what else a message has needs no text to be passed over.</summary>
    private static bool MayBeSeen(ReadOnlySpan<byte> name) => !name.IsEmpty && (char)(name[0] | 0x20) is 'x' or 'p' or 'u' or 'd';

    private static bool IsSeen(string name) =>
        IsCustomers(name) || Diversions.Is(name)
        || IsToken(name) && name.StartsWith("P-", StringComparison.OrdinalIgnoreCase) && !CallerAttestation.Headers.Contains(name);

    private static bool IsCustomers(string name) =>
        IsToken(name) && !CallerAttestation.Headers.Contains(name)
        && (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || name.Equals("User-to-User", StringComparison.OrdinalIgnoreCase));

    private static bool IsToken(string name) => name.Length is > 0 and <= 128 && !name.AsSpan().ContainsAnyExcept(NameChars);
}
