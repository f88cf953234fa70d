using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;

namespace Ringwright.Switch.Legs;

/// <summary>What the far ends of one INVITE described before one of them answered. Several may speak, each in an early dialog of its own.</summary>
/// <param name="isHeard">A leg waits for this one and hears the far end's network; of several the last that spoke.</param>
internal sealed class EarlyAnswers(Leg leg, bool isHeard)
{
    private readonly Dictionary<string, byte[]> _bodies = [];
    /// <summary>The early dialog whose answer came reliably: its 200 says nothing new.</summary>
    private string? _agreed;

    /// <summary>The far end's network can be heard.</summary>
    public bool IsAudible { get; private set; }

    public void Reset()
    {
        _bodies.Clear();
        _agreed = null;
    }

    public void OnProgress(InviteNews.Progress progress)
    {
        var response = progress.Response;
        if (response.Body.IsEmpty || !Remember(response) || !(isHeard || progress.IsReliable)) return;
        if (leg.Media.HandleAnswer(response.Body) is not NegotiationStatus.Ok) return;
        if (progress.IsReliable) _agreed = response.To.Tag.AsText();
        if (!isHeard) return;
        leg.Connect();
        IsAudible = true;
    }

    /// <summary>The description that the 2xx leads to: its own, or one that came before it. False when there is none that we can use.</summary>
    public bool TryAgree(SipResponse answer)
    {
        string tag = answer.To.Tag.AsText();
        if (tag == _agreed) return true;
        // Some peers send their answer with 183 and leave it out of the 200.
        var body = answer.Body.IsEmpty && _bodies.TryGetValue(tag, out byte[]? early) ? early : answer.Body;
        return leg.Media.HandleAnswer(body) is NegotiationStatus.Ok;
    }

    /// <summary>False for what was said already.</summary>
    private bool Remember(SipResponse response)
    {
        string tag = response.To.Tag.AsText();
        if (_bodies.TryGetValue(tag, out byte[]? before) && response.Body.SequenceEqual(before)) return false;
        if (before is null && _bodies.Count >= Sip.Limits.Forks) return false;
        _bodies[tag] = response.Body.ToArray();
        return true;
    }
}
