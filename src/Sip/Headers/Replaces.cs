using System.Text;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>The dialog that another takes the place of (RFC 3891 §6.1): <c>call-id;to-tag=…;from-tag=…;early-only</c>.</summary>
/// <param name="Dialog">As the one who has it sees it, who is asked: to-tag is his own.</param>
/// <param name="IsEarlyOnly">It counts only until the dialog is answered.</param>
public sealed record Replaces(DialogId Dialog, bool IsEarlyOnly)
{
    /// <summary>False of a dialog that is named by its Call-ID alone, or by one tag: what is missing is empty.</summary>
    public bool HasTags => Dialog is { LocalTag.Length: > 0, RemoteTag.Length: > 0 };

    /// <summary>Null when it is not one, or has not both tags.</summary>
    public static Replaces? Parse(ReadOnlySpan<byte> value) => Read(value) is { HasTags: true } whole ? whole : null;

    /// <summary>
    /// Of the URI of a Refer-To, among its headers (RFC 5589 §7). False when it names none; null when what it names is none. Some phones
    /// leave the tags out.
    /// </summary>
    public static bool TryFind(SipUri uri, out Replaces? replaces)
    {
        replaces = null;
        foreach (string header in uri.Headers.AsText().TrimStart('?').Split('&'))
        {
            int equals = header.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !header[..equals].Equals("Replaces", StringComparison.OrdinalIgnoreCase)) continue;
            replaces = Read(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(header[(equals + 1)..])));
            return true;
        }
        return false;
    }

    private static Replaces? Read(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        var callId = (semicolon < 0 ? value : value[..semicolon]).TrimLws();
        var parameters = new SipParameters(semicolon < 0 ? default : value[semicolon..]);
        if (callId.IsEmpty || SipParameters.Check(parameters.Text) is not ParseStatus.Ok) return null;
        string to = parameters.TryFind("to-tag"u8, out var ours) ? ours.AsText() : "";
        string from = parameters.TryFind("from-tag"u8, out var theirs) ? theirs.AsText() : "";
        return new(new(callId.AsText(), to, from), parameters.Has("early-only"u8));
    }
}
