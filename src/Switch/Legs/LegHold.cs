using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>Whether we hold the peer: because we were told to, or because the party that it talks to holds it.</summary>
internal sealed class LegHold(LocalSessionModification own)
{
    private bool _isCommanded, _isPassed;

    /// <summary>Our wish to hold the peer, or to take it off hold.</summary>
    public void Command(bool isOn)
    {
        _isCommanded = isOn;
        Turn();
    }

    /// <summary>The party that the peer talks to holds it, or does no longer.</summary>
    public void Pass(bool isOn)
    {
        if (isOn == _isPassed) return;
        _isPassed = isOn;
        Turn();
    }

    private void Turn() => own.Turn(_isCommanded || _isPassed ? StreamDirection.SendOnly : StreamDirection.SendReceive);
}
