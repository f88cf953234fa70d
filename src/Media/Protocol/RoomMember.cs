namespace Ringwright.Media.Protocol;

/// <summary>What holds for a whole room.</summary>
/// <param name="HasComfortNoise">While nobody says anything a very quiet noise is heard, so that nobody thinks the line is dead.</param>
public sealed record RoomTerms(bool HasComfortNoise);

/// <summary>How one port takes part in a room.</summary>
public sealed record RoomMember
{
    /// <summary>It hears, and is heard by nobody.</summary>
    public bool IsMuted { get; init; }

    /// <summary>It is on hold: neither heard nor hears the room, only what is played to itself.</summary>
    public bool IsAway { get; init; }

    /// <summary>Null: all hear it. Otherwise these ports alone; when there are none, nobody (a monitor).</summary>
    public IReadOnlyList<PortId>? WhispersTo { get; init; }

    /// <summary>
    /// The port's bridge stays beneath the room: of it only keys are heard, and after <see cref="MediaCommand.LeaveRoom"/> all again.
    /// </summary>
    public bool KeepsBridge { get; init; }
}
