namespace Ringwright.Switch.Conferences;

/// <summary>
/// Who has the floor: whoever speaks, until he is silent and another speaks. Two who speak at once do not take it from each other.
/// </summary>
internal sealed class ConferenceFloor
{
    private readonly List<ConferenceMember> _talking = [];
    private ConferenceMember? _holder;

    /// <returns>Who has it now, when that changed.</returns>
    public ConferenceMember? On(ConferenceMember member, bool isTalking)
    {
        _talking.Remove(member);
        if (isTalking) _talking.Add(member);
        return Pass();
    }

    /// <returns>Who has it now, when that changed.</returns>
    public ConferenceMember? Leave(ConferenceMember member)
    {
        _talking.Remove(member);
        if (_holder == member) _holder = null;
        return Pass();
    }

    /// <summary>The one who has spoken longest follows a holder who is silent.</summary>
    private ConferenceMember? Pass()
    {
        if (_talking.Count == 0 || _holder is not null && _talking.Contains(_holder) || _talking[0] == _holder) return null;
        return _holder = _talking[0];
    }
}
