namespace Ringwright.Switch.Bridges;

/// <summary>What the members of a bridge hear of each other; the bridge itself knows who is there and who is ready.</summary>
internal abstract class Joining
{
    /// <summary>Something has changed and not all are ready; all have a port.</summary>
    public abstract void Await(Bridge bridge);

    /// <summary>All are ready; once.</summary>
    public abstract void Join(Bridge bridge);

    /// <summary>The party of a member that is joined holds the call, or does no longer.</summary>
    public abstract void Hold(Bridge bridge, Member holder, bool isOn);
}
