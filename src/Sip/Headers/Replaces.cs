using System.Text;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>The dialog that another takes the place of (RFC 3891 §6.1): <c>call-id;to-tag=…;from-tag=…;early-only</c>.</summary>
/// <param name="Dialog">As the one who has it sees it, who is asked: to-tag is his own.</param>
/// <param name="IsEarlyOnly">It counts only until the dialog is answered.</param>
public sealed record Replaces(DialogId Dialog, bool IsEarlyOnly)
{
    /// <summary>Null when it is not one, or names one tag only.</summary>
    public static Replaces? Parse(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        if (semicolon <= 0) return null;
        var parameters = new SipParameters(value[semicolon..]);
        if (SipParameters.Check(parameters.Text) is not ParseStatus.Ok || !parameters.TryFind("to-tag"u8, out var to)
            || !parameters.TryFind("from-tag"u8, out var from) || to.IsEmpty || from.IsEmpty) return null;
        return new(new(value[..semicolon].TrimLws().AsText(), to.AsText(), from.AsText()), parameters.Has("early-only"u8));
    }

    /// <summary>
    /// Of the URI of a Refer-To, among its headers (RFC 5589 §7). False when it names none; null when what it names is none.
    /// </summary>
    public static bool TryFind(SipUri uri, out Replaces? replaces)
    {
        replaces = null;
        foreach (string header in uri.Headers.AsText().TrimStart('?').Split('&'))
        {
            int equals = header.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !header[..equals].Equals("Replaces", StringComparison.OrdinalIgnoreCase)) continue;
            replaces = Parse(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(header[(equals + 1)..])));
            return true;
        }
        return false;
    }
}
