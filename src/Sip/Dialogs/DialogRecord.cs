namespace Ringwright.Sip.Dialogs;

/// <summary>All of a dialog that must be stored to end it after a restart.</summary>
public sealed record DialogRecord
{
    public required DialogId Id { get; init; }
    public required bool IsCaller { get; init; }
    /// <summary>From value of our requests, without tag.</summary>
    public required string LocalAddress { get; init; }
    /// <summary>To value of our requests, without tag.</summary>
    public required string RemoteAddress { get; init; }
    public required string LocalContact { get; init; }
    public required string RemoteTarget { get; init; }
    public required uint LocalCSeq { get; init; }
    public uint? RemoteCSeq { get; init; }
    /// <summary>In the order in which our requests carry them.</summary>
    public required IReadOnlyList<string> Routes { get; init; }
}
