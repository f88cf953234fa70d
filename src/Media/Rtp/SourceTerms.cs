using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>What the peer's last description, and our settings, say about where its sound comes from.</summary>
internal readonly record struct SourceTerms
{
    /// <summary>The address in SDP.</summary>
    public required MediaAddress Signalled { get; init; }
    /// <summary>The peer's SIP comes from this host; its port says nothing here.</summary>
    public MediaAddress Signalling { get; init; }
    /// <summary>We may send to the signalled address before anything came from it.</summary>
    public bool IsUsable { get; init; }
    /// <summary>Nobody outside the peer's own network reaches the signalled address.</summary>
    public bool IsPrivate { get; init; }
    /// <summary>Another source may take the place of one that fell silent.</summary>
    public bool MayAdjust { get; init; }
    /// <summary>Sound is to come, so that silence means something.</summary>
    public bool IsExpected { get; init; }
    /// <summary>Neither side sends: the address says nothing.</summary>
    public bool IsInactive { get; init; }
    /// <summary>Which of the far ends of a forked call says it.</summary>
    public int Dialog { get; init; }

    public static SourceTerms Of(StreamPlan plan)
    {
        var remote = plan.Remote.Default;
        var signalled = MediaAddress.From(remote.Address);
        return new()
        {
            Signalled = signalled,
            Signalling = plan.Signalling is { } signalling ? MediaAddress.From(signalling) : default,
            IsUsable = remote.IsTrusted && !signalled.IsNone,
            IsPrivate = TargetPolicy.IsPrivate(remote.Address.Address),
            MayAdjust = plan.AdjustsRtp,
            IsExpected = plan.Direction is StreamDirection.SendReceive or StreamDirection.ReceiveOnly && !signalled.IsNone,
            IsInactive = plan.Direction is StreamDirection.Inactive,
            Dialog = plan.Dialog,
        };
    }
}
