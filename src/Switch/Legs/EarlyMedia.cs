using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Legs;

/// <summary>
/// What the far ends of one INVITE described before one of them answered. Several may speak, each in an early dialog of its own.
/// </summary>
/// <param name="isHeard">A leg waits for this one and hears the far end's network; of several the last that spoke.</param>
internal sealed class EarlyMedia(Leg leg, bool isHeard)
{
    private readonly Dictionary<string, byte[]> _bodies = [];
    /// <summary>The early dialog whose answer came last, and reliably: its 200 says nothing new.</summary>
    private string? _agreed;

    /// <summary>The far end's network can be heard.</summary>
    public bool IsAudible { get; private set; }

    public void Reset()
    {
        _bodies.Clear();
        _agreed = null;
    }

    public void OnProgress(InviteNews.Progress progress, SipFlow from)
    {
        var response = progress.Response;
        var body = SessionBody.Of(response);
        if (body.IsEmpty || !Remember(response, body) || leg.Media.IsSpread || !(isHeard || progress.IsReliable)) return;
        string tag = response.To.Tag.AsText();
        if (leg.Media.HandleAnswer(body, tag) is not NegotiationStatus.Ok) return;
        _agreed = progress.IsReliable ? tag : null;
        if (!isHeard) return;
        leg.Connect(from);
        IsAudible = true;
    }

    /// <summary>
    /// The description that the 2xx leads to: its own, or one that came before it. False when there is none that we can use.
    /// </summary>
    public bool TryAgree(SipResponse answer)
    {
        string tag = answer.To.Tag.AsText();
        if (tag == _agreed)
        {
            // Another may have answered under the tag of the one who described himself: a server on the way calls several for us.
            var other = SessionBody.Of(answer);
            if (!other.IsEmpty && Remember(answer, other)) leg.Media.HandleAnswer(other, tag);
            return true;
        }
        // Some peers send their answer with 183 and leave it out of the 200, and some of them have no tag before that.
        var body = SessionBody.Of(answer);
        if (body.IsEmpty && (_bodies.TryGetValue(tag, out byte[]? early) || _bodies.TryGetValue("", out early))) body = early;
        return leg.Media.HandleAnswer(body, tag) is NegotiationStatus.Ok;
    }

    /// <summary>False for what was said already.</summary>
    private bool Remember(SipResponse response, ReadOnlySpan<byte> body)
    {
        string tag = response.To.Tag.AsText();
        if (_bodies.TryGetValue(tag, out byte[]? before) && body.SequenceEqual(before)) return false;
        if (before is null && _bodies.Count >= Sip.Limits.Forks) return false;
        _bodies[tag] = body.ToArray();
        return true;
    }
}
