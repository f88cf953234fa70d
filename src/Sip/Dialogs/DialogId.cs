using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Dialogs;

/// <summary>What names a dialog, seen from us (RFC 3261 §12).</summary>
public readonly record struct DialogId(string CallId, string LocalTag, string RemoteTag)
{
    /// <summary>A request with that id is for this dialog: a peer that answered without a tag may have one in its requests.</summary>
    public bool Covers(DialogId received) => this == received || RemoteTag.Length == 0 && this == received with { RemoteTag = "" };

    /// <summary>Of a request that a peer sent: ours is the To tag.</summary>
    public static DialogId Of(SipRequest received) => new(received.CallId.AsText(), received.To.Tag.AsText(), received.From.Tag.AsText());

    /// <summary>Of a response to a request of ours: ours is the From tag.</summary>
    public static DialogId Of(SipResponse received) => new(received.CallId.AsText(), received.From.Tag.AsText(), received.To.Tag.AsText());
}
