using Ringwright.Calls;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Routing;
using CustomHeader = Ringwright.Calls.CustomSipHeader;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Who sent a call on, in the two words that there are for it: Diversion (RFC 5806), which is kept inside with the last one first, and
/// History-Info (RFC 7044). One becomes the other as RFC 7544 says.
/// </summary>
internal static class Diversions
{
    public const string Name = "Diversion";
    private const string Hidden = $"<sip:{Parties.AnonymousUri}>";

    /// <summary>Reasons of Diversion and causes of RFC 4458; the first of a cause is what it becomes.</summary>
    private static readonly (string Reason, string Cause)[] Reasons =
    [
        ("unconditional", "302"), ("user-busy", "486"), ("no-answer", "408"), ("deflection", "480"), ("deflection", "487"),
        ("unavailable", "503"), ("unknown", "404"), ("follow-me", "302"), ("do-not-disturb", "302"),
    ];

    public static bool Is(string name) => name.Equals(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A number of ours sent the call on.</summary>
    /// <param name="isOnFailure">Because nobody took it there; else it always does.</param>
    public static CustomHeader Of(string called, string domain, bool isOnFailure = false) =>
        new(Name, $"<sip:{called}@{domain}>;reason={(isOnFailure ? "no-answer" : "unconditional")}");

    /// <summary>What a trunk says, by whichever header; where both are there, Diversion counts.</summary>
    public static IReadOnlyList<CustomHeader> BroughtBy(SipRequest invite)
    {
        // As nearly all calls.
        if (!invite.Has(SipHeader.Diversion) && !invite.Has(SipHeader.HistoryInfo)) return [];
        List<string> found = [];
        foreach (var value in invite.Values(SipHeader.Diversion))
            if (found.Count < Limits.Diversions && value.Length <= Limits.DiversionBytes
                && NameAddress.TryParse(value, out _) is ParseStatus.Ok) found.Add(value.AsText());
        if (found.Count == 0) ReadHistory(invite, found);
        bool isHidden = Parties.HidesHistory(invite);
        return [.. found.Select(value => new CustomHeader(Name, isHidden && !IsPrivate(value) ? $"{value};privacy=full" : value))];
    }

    /// <summary>The same as an application gets to see it.</summary>
    public static IEnumerable<CustomHeader> ShownTo(SipRequest invite) =>
        BroughtBy(invite).Select(header => header with { Value = Shown(header.Value, isTold: false) });

    /// <param name="isTold">The place is told what its parties hide from others.</param>
    /// <param name="target">Where the call goes now, as a URI.</param>
    public static void Write(SipRequestBuilder invite, IReadOnlyList<CustomHeader> headers, ForwardedBy by, bool isTold, string target)
    {
        List<string> diversions = [.. headers.Where(header => Is(header.Name)).Take(Limits.Diversions)
            .Select(header => string.Concat(header.Value.Where(c => !char.IsControl(c))))];
        if (diversions.Count == 0) return;
        if (by is ForwardedBy.Diversion or ForwardedBy.Both)
            foreach (string value in diversions)
                invite.Add(SipHeader.Diversion, Shown(value, isTold));
        if (by is ForwardedBy.HistoryInfo or ForwardedBy.Both) WriteHistory(invite, diversions, isTold, target);
    }

    private static string Shown(string diversion, bool isTold) =>
        isTold || !IsPrivate(diversion) ? diversion : $"{Hidden};reason={ReasonOf(diversion)};privacy=full";

    private static void WriteHistory(SipRequestBuilder invite, List<string> diversions, bool isTold, string target)
    {
        string index = "1", cause = "";
        for (int i = diversions.Count - 1; i >= 0; i--)
        {
            string value = diversions[i];
            string uri = IsPrivate(value) ? isTold ? $"{UriOf(value)}{cause}?Privacy=history" : $"sip:{Parties.AnonymousUri}{cause}"
                : UriOf(value) + cause;
            invite.Add(SipHeader.HistoryInfo, $"<{uri}>;index={index}{(cause.Length > 0 ? $";mp={index[..^2]}" : "")}");
            cause = $";cause={CauseOf(value)}";
            index += ".1";
        }
        invite.Add(SipHeader.HistoryInfo, $"<{target}{cause}>;index={index};mp={index[..^2]}");
    }

    /// <summary>
    /// Each entry that says why the call came to it speaks of the one before. By RFC 4244, which many still follow, an entry says itself
    /// why the call left it again, and the place where the call goes now need not have one.
    /// </summary>
    private static void ReadHistory(SipRequest invite, List<string> found)
    {
        string? before = null, left = null;
        int entries = 0;
        foreach (var value in invite.Values(SipHeader.HistoryInfo))
        {
            if (++entries > Limits.HistoryEntries || value.Length > Limits.DiversionBytes
                || !TryEntry(value, out var uri, out string headers)) continue;
            Add(uri.Parameters.TryFind("cause"u8, out var cause) ? cause.AsText() : left);
            string who = uri.IsSipOrSips ? $"sip:{Parties.Bare(uri)}" : $"tel:{Parties.UserOf(uri)}";
            bool isPrivate = headers.Contains("Privacy=", StringComparison.OrdinalIgnoreCase)
                && !headers.Contains("Privacy=none", StringComparison.OrdinalIgnoreCase);
            before = who.AsSpan().ContainsAny('<', '>', '{') ? null : $"<{who}>;reason={{reason}}{(isPrivate ? ";privacy=full" : "")}";
            left = CauseIn(headers);
        }
        Add(left);

        void Add(string? why)
        {
            if (before is not null && why is not null && found.Count < Limits.Diversions)
                found.Insert(0, before.Replace("{reason}", ReasonBy(why), StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// An entry's URI and the headers in it. Some write a Reason there as it stands in a message, with its blanks and quotation marks,
    /// and indices that are none: what cannot be read is not needed.
    /// </summary>
    private static bool TryEntry(ReadOnlySpan<byte> entry, out SipUri uri, out string headers)
    {
        uri = default;
        headers = "";
        if (NameAddress.TryParse(entry, out var address) is ParseStatus.Ok)
        {
            uri = address.ParseUri();
            headers = uri.Headers.AsText();
            return true;
        }
        int open = entry.LastIndexOf((byte)'<'), close = entry.LastIndexOf((byte)'>');
        if (open < 0 || close < open) return false;
        var inside = entry[(open + 1)..close];
        int question = inside.IndexOf((byte)'?');
        if (question >= 0) headers = inside[(question + 1)..].AsText();
        return SipUri.TryParse(question < 0 ? inside : inside[..question], out uri) is ParseStatus.Ok;
    }

    /// <summary>Of the Reason among the headers of an entry's URI; null when it names no failure and no redirection.</summary>
    private static string? CauseIn(string headers)
    {
        const string name = "Reason=";
        foreach (string header in headers.Split('&'))
        {
            if (!header.StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
            byte[] value = System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(header[name.Length..]));
            if (Reason.TryParse(value, out var reason) is not ParseStatus.Ok || reason.Cause is not { } cause) continue;
            string protocol = reason.Protocol.AsText();
            if (protocol.Equals("SIP", StringComparison.OrdinalIgnoreCase) && cause >= 300) return $"{cause}";
            // What networks of telephones say of it: busy, nobody answers, not there.
            if (protocol.Equals("Q.850", StringComparison.OrdinalIgnoreCase) && cause is 17 or 18 or 19 or 20)
                return cause is 17 ? "486" : cause is 20 ? "503" : "408";
        }
        return null;
    }

    private static bool IsPrivate(string diversion) =>
        NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(diversion), out var address) is not ParseStatus.Ok
        || address.Parameters.TryFind("privacy"u8, out var privacy)
            && !privacy.AsText().Trim('"').Equals("off", StringComparison.OrdinalIgnoreCase);

    private static string UriOf(string diversion)
    {
        _ = NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(diversion), out var address);
        var uri = address.ParseUri();
        return uri.IsSipOrSips ? $"sip:{Parties.Bare(uri)}" : $"tel:{Parties.UserOf(uri)}";
    }

    private static string ReasonOf(string diversion)
    {
        _ = NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(diversion), out var address);
        string said = address.Parameters.TryFind("reason"u8, out var reason) ? reason.AsText().Trim('"').ToLowerInvariant() : "";
        return Array.Exists(Reasons, row => row.Reason == said) ? said : "unknown";
    }

    private static string CauseOf(string diversion) => Array.Find(Reasons, row => row.Reason == ReasonOf(diversion)).Cause;

    private static string ReasonBy(string cause) => Array.Find(Reasons, row => row.Cause == cause).Reason ?? "unknown";
}
